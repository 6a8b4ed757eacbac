import './page.css';
import './holders.css';
import '../shared/menu.css';
import { connectHost } from '../shared/host.js';
import { ProcessesPage } from './page.js';

const app = document.getElementById('app');
if (app) new ProcessesPage(app, connectHost());
