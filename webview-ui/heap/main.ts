import './page.css';
import type { FromHeapPage, ToHeapPage } from '../../src/protocol/heap.js';
import { connectHost } from '../shared/host.js';
import { HeapPage } from './heap-page.js';

document.getElementById('app')?.append(new HeapPage(connectHost<FromHeapPage, ToHeapPage>()).element);
