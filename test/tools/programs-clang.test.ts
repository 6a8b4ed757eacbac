import { testCases } from './program-cases.js';

testCases('clang');
