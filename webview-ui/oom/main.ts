import './page.css';
import type { FromOomPage, ToOomPage } from '../../src/protocol/oom.js';
import { connectHost } from '../shared/host.js';
import { OomPage } from './oom-page.js';

document.getElementById('app')?.append(new OomPage(connectHost<FromOomPage, ToOomPage>()).element);
