import './page.css';
import { connectHost } from '../shared/host.js';
import { MemoryPage } from './memory-page.js';

document.getElementById('app')?.append(new MemoryPage(connectHost()).element);
