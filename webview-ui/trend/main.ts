import './page.css';
import { connectHost } from '../shared/host.js';
import { TrendPage } from './trend-page.js';

document.getElementById('app')?.append(new TrendPage(connectHost()).element);
