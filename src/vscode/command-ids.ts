/** Every command that the manifest contributes, without its prefix. */
export const COMMAND_IDS = [
  'profile',
  'profileAgain',
  'profileWith',
  'selectRun',
  'stop',
  'openReport',
  'clear',
  'showFindings',
  'showLog',
  'filter',
  'clearFilter',
  'groupByKind',
  'groupByFile',
  'groupByEngine',
  'copyStack',
  'explain',
  'openFrame',
  'showMemory',
  'showProcesses',
  'selectTarget',
  'watchProcess',
  'showTrend',
  'showMap',
  'openMap',
  'unwatch',
  'profileProcess',
  'record',
  'stopRecording',
  'openRecording',
] as const;
export type CommandId = (typeof COMMAND_IDS)[number];

/** Every setting, without its prefix. */
export const SETTING_IDS = [
  'runs',
  'engine',
  'timeLimit',
  'sourcePathMap',
  'compiler.c',
  'compiler.cpp',
  'compiler.flags',
  'engineOptions',
  'suppressions.valgrind',
  'suppressions.lsan',
  'lineSizes.enabled',
  'codeLens.enabled',
  'targets',
  'sampling.interval',
  'sampling.budget',
  'map.interval',
  'recording.mapInterval',
  'watch.runs',
  'watch.debugSessions',
  'notifications.growth',
  'notifications.lowMemory',
  'notifications.lowMemoryBelow',
  'notifications.oomKill',
  'ssh.configFile',
] as const;
export type SettingId = (typeof SETTING_IDS)[number];

/** The context keys that `when` clauses of the manifest ask for. */
export const CONTEXT_KEYS = ['running', 'remembered', 'hasFindings', 'filtered', 'grouping', 'recording', 'watching'] as const;

export const TASK_TYPE = 'memlens';
