import './page.css';
import type { FromMapPage, ToMapPage } from '../../src/protocol/map.js';
import { connectHost } from '../shared/host.js';
import { MapPage } from './map-page.js';

document.getElementById('app')?.append(new MapPage(connectHost<FromMapPage, ToMapPage>()).element);
