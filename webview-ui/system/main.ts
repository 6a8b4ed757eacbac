import './page.css';
import type { FromSystemPage, ToSystemPage } from '../../src/protocol/system.js';
import { connectHost } from '../shared/host.js';
import { SystemPage } from './system-page.js';

document.getElementById('app')?.append(new SystemPage(connectHost<FromSystemPage, ToSystemPage>()).element);
