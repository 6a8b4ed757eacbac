import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { FindingsStore } from './app/findings-store.js';
import { LOCAL } from './app/monitors.js';
import type { Log } from './app/ports.js';
import { nodeClock } from './node/node-clock.js';
import { clickedFiles } from './vscode/clicked-files.js';
import { ProfileLenses } from './vscode/code-lens.js';
import type { CommandId } from './vscode/command-ids.js';
import { CompilerDiagnostics } from './vscode/compiler-diagnostics.js';
import { confirmCopy } from './vscode/copy-question.js';
import { FindingDiagnostics } from './vscode/diagnostics.js';
import { FaultMessages } from './vscode/fault-messages.js';
import { FindingCommands } from './vscode/finding-commands.js';
import { FindingsTree } from './vscode/findings-tree.js';
import { FrameOpener, revealWorst } from './vscode/frame-opener.js';
import { HeapEditor } from './vscode/heap-editor.js';
import type { LoadHeap } from './vscode/heap-services.js';
import { FindingHovers } from './vscode/hover.js';
import { KernelEditor } from './vscode/kernel-editor.js';
import type { LoadKernel } from './vscode/kernel-services.js';
import { FindingsByLine } from './vscode/line-findings.js';
import { LineSizes } from './vscode/line-sizes.js';
import { LineTracker } from './vscode/line-tracker.js';
import { LiveEditor } from './vscode/live-editor.js';
import type { LoadLive } from './vscode/live-services.js';
import { LogChannel } from './vscode/log-channel.js';
import { OomEditor } from './vscode/oom-editor.js';
import { ProfileCommands } from './vscode/profile-commands.js';
import { ProfileSession } from './vscode/profile-session.js';
import { ReportOpener } from './vscode/report-opener.js';
import { RunPicker } from './vscode/run-picker.js';
import type { LoadServices, Services } from './vscode/services.js';
import { Settings } from './vscode/settings.js';
import { StatusBar } from './vscode/status-bar.js';
import { isOffered } from './vscode/target-settings.js';
import { ProfileTasks } from './vscode/task-provider.js';
import { TrendEditor } from './vscode/trend-editor.js';
import type { LoadTrends } from './vscode/trend-services.js';

/** A command of the manifest, by its name without the prefix. */
type Commands = Readonly<Record<CommandId, (...args: readonly unknown[]) => unknown>>;

export interface Editor {
  readonly commands: Commands;
  readonly tasks: vscode.TaskProvider;
}

/** Wires everything in the editor. Nothing is read or started here: the engines and the Node room are used with the first run. */
export function start(context: vscode.ExtensionContext): Editor {
  const own = <T extends vscode.Disposable>(item: T): T => {
    context.subscriptions.push(item);
    return item;
  };
  const docs = vscode.Uri.joinPath(context.extensionUri, 'docs', 'kinds');
  const store = new FindingsStore();
  const settings = new Settings({ home: homedir(), variable: (name) => process.env[name] });
  const log = own(new LogChannel());
  const compiler = own(new CompilerDiagnostics());
  const faults = new FaultMessages(log, compiler);
  const status = own(new StatusBar(store));
  const tracker = own(new LineTracker(store));
  const lines = own(new FindingsByLine(store, tracker));
  own(new FindingDiagnostics(lines, tracker, docs, nodeClock));
  own(new LineSizes(lines, () => settings.lineSizes));
  const tree = own(new FindingsTree(store, context.workspaceState));

  const loadTrends = trendsOf(context, log);
  const load = servicesOf(context, settings, log, loadTrends);
  const session: ProfileSession = own(
    new ProfileSession(load, store, {
      phase: (title, phase) => {
        status.setRunning(phase === undefined ? undefined : { title, phase });
        if (phase !== undefined) compiler.clear();
        else live.checks.end();
        void vscode.commands.executeCommand('setContext', 'memlens.running', phase !== undefined);
      },
      started: (config, leader) => trends.autoWatch.runStarted(leader, config.name, config.target),
      live: (run, config) => live.checks.begin(run, config.target),
    }),
  );
  const profiles = own(
    new ProfileCommands(session, settings, new RunPicker(load, settings), faults, load, context.workspaceState, log, () =>
      revealWorst(lines, tracker),
    ),
  );
  const trends = own(
    new TrendEditor({
      context,
      load: loadTrends,
      faults,
      profiles,
      store,
      nonce: () => randomBytes(16).toString('hex'),
      rootCommand: () => settings.rootCommand,
      explainOom: (target) => void ooms.showMachine(target),
    }),
  );
  const live: LiveEditor = own(
    new LiveEditor({
      load: liveOf(context, settings, log, loadTrends),
      trends,
      store,
      faults,
      clock: nodeClock,
      log,
      running: () => session.current,
      onFound: () => revealWorst(lines, tracker),
      showHeap: (title, profile, origin) =>
        heaps.panels.show(title, profile, { ...origin, description: profile.command ?? title }),
    }),
  );
  const heaps: HeapEditor = own(
    new HeapEditor({
      context,
      load: heapOf(settings, log, loadTrends),
      store,
      faults,
      nonce: () => randomBytes(16).toString('hex'),
    }),
  );
  const ooms: OomEditor = own(
    new OomEditor(
      {
        extension: context.extensionUri,
        state: context.workspaceState,
        nonce: () => randomBytes(16).toString('hex'),
        load: () => trends.load(),
        rootCommand: () => settings.rootCommand,
        unpackers: async () => (await import('./node/unpack.js')).nodeUnpackers(),
        isOffered,
      },
      faults,
    ),
  );
  const reports = new ReportOpener(load, store, settings, faults, {
    map: (uri) => trends.openIfMap(uri),
    heap: (uri) => heaps.commands.openHeap(uri),
    system: async (uri) => void (await trends.commands.openSystem(uri)),
    oom: async (uri) => void (await ooms.commands.explainOom(uri)),
  });
  const kernel = new KernelEditor({
    extension: context.extensionUri,
    load: kernelOf(settings, log, loadTrends),
    loadTrends: () => trends.load(),
    store,
    faults,
    log,
    onFound: () => revealWorst(lines, tracker),
    showHeap: (title, profile, origin) => heaps.panels.show(title, profile, origin),
  });
  const findings = new FindingCommands(store, tree, docs);
  const frames = new FrameOpener(store, tracker);

  const commands: Commands = {
    profile: (uri) => profiles.profile(uri),
    profileAgain: () => profiles.profileAgain(),
    profileWith: (uri) => profiles.profileWith(uri),
    selectRun: () => profiles.selectRun(),
    stop: () => session.stop(),
    openReport: (clicked, selected) => reports.open(clickedFiles(clicked, selected)),
    clear: () => {
      store.clear();
      compiler.clear();
    },
    showFindings: () => vscode.commands.executeCommand('memlens.findings.focus'),
    showLog: () => log.show(),
    filter: () => findings.filter(),
    clearFilter: () => findings.clearFilter(),
    groupByKind: () => findings.group('kind'),
    groupByFile: () => findings.group('file'),
    groupByEngine: () => findings.group('engine'),
    copyStack: (args) => findings.copyStack(args),
    explain: (args) => findings.explain(args),
    openFrame: (args) => frames.open(args),
    ...trends.commands,
    ...live.commands,
    ...heaps.commands,
    ...ooms.commands,
    ...kernel.commands,
  };

  const lenses = own(
    new ProfileLenses(
      () => settings.codeLens,
      (file) => profiles.remembered?.form === 'file' && profiles.remembered.path === file,
    ),
  );
  own(
    vscode.languages.registerHoverProvider(
      { scheme: 'file' },
      new FindingHovers(
        lines,
        () => profiles.remembered !== undefined,
        () => live.checks.canCheck,
      ),
    ),
  );
  own(profiles.onDidRemember(() => lenses.refresh()));
  const tasks = new ProfileTasks(settings, (request, control) => profiles.run(request, control));
  return { commands, tasks };
}

/** The use cases on this machine, loaded once. */
function servicesOf(context: vscode.ExtensionContext, settings: Settings, log: Log, loadTrends: LoadTrends): LoadServices {
  let loaded: Promise<Services> | undefined;
  const load = async (): Promise<Services> => {
    const [{ createServices }, { LocalTarget }, { openDoor }, trends] = await Promise.all([
      import('./vscode/use-cases.js'),
      import('./node/local-target.js'),
      import('./node/run-door.js'),
      loadTrends(),
    ]);
    const media = (name: string): string => join(context.extensionPath, 'media', name);
    const helpers = {
      companion: media('companion.c'),
      stlHeader: media('stl-in-program.hpp'),
      cache: context.globalStorageUri.fsPath,
    };
    return createServices(
      {
        target: new LocalTarget(),
        clock: nodeClock,
        log,
        helpers,
        tools: () => settings.compilers(),
        unpackers: async () => (await import('./node/unpack.js')).nodeUnpackers(),
        symbols: () => settings.symbols(),
        // Over the connection that shows the target's memory, too.
        openTarget: (named) => trends.target(named),
        confirmCopy,
        publish: (run) => openDoor(run, log),
      },
      homedir(),
    );
  };
  return () => (loaded ??= load());
}

/** The ways into processes that run already, loaded with the first one. */
function liveOf(context: vscode.ExtensionContext, settings: Settings, log: Log, loadTrends: LoadTrends): LoadLive {
  let loaded: ReturnType<LoadLive> | undefined;
  const load: LoadLive = async () => {
    const [{ createLive }, { LocalTarget }, trends] = await Promise.all([
      import('./vscode/live-use-cases.js'),
      import('./node/local-target.js'),
      loadTrends(),
    ]);
    return createLive({
      host: new LocalTarget(),
      clock: nodeClock,
      log,
      media: (name) => join(context.extensionPath, 'media', name),
      openTarget: (named) => trends.target(named),
      sources: () => settings.sources(),
      symbols: () => settings.symbols(),
    });
  };
  return () => (loaded ??= load());
}

/** What heap profiles need, loaded with the first one. */
function heapOf(settings: Settings, log: Log, loadTrends: LoadTrends): LoadHeap {
  let loaded: ReturnType<LoadHeap> | undefined;
  const load: LoadHeap = async () => {
    const [{ createHeap }, { nodeUnpackers }, files, trends] = await Promise.all([
      import('./vscode/heap-use-cases.js'),
      import('./node/unpack.js'),
      import('./node/packed-output.js'),
      loadTrends(),
    ]);
    return createHeap({
      local: trends.target(LOCAL),
      epochMs: () => Date.now(),
      unpackers: await nodeUnpackers(),
      symbols: { settings: () => settings.symbols(), log },
      writeText: files.writeTextFile,
      writePacked: files.writePackedFile,
      sources: () => settings.sources(),
    });
  };
  return () => (loaded ??= load());
}

/** The kernels of targets, loaded with the first one that is asked. */
function kernelOf(settings: Settings, log: Log, loadTrends: LoadTrends): LoadKernel {
  let loaded: ReturnType<LoadKernel> | undefined;
  const load: LoadKernel = async () => {
    const [{ createKernel }, { nodeUnpackers }, trends] = await Promise.all([
      import('./vscode/kernel-use-cases.js'),
      import('./node/unpack.js'),
      loadTrends(),
    ]);
    return createKernel({
      host: trends.target(LOCAL),
      clock: nodeClock,
      log,
      openTarget: (named) => trends.target(named),
      rootCommand: () => settings.rootCommand,
      unpackers: await nodeUnpackers(),
      symbols: () => settings.symbols(),
      sources: () => settings.sources(),
    });
  };
  return () => (loaded ??= load());
}

/** Targets and their monitors, loaded with the first view that wants them. */
function trendsOf(context: vscode.ExtensionContext, log: Log): LoadTrends {
  let loaded: ReturnType<LoadTrends> | undefined;
  const load: LoadTrends = async () => {
    const [{ createTrends }, { createTarget }, { createLineFile }, { sshHosts }] = await Promise.all([
      import('./vscode/trends.js'),
      import('./node/targets.js'),
      import('./node/line-file.js'),
      import('./node/ssh-hosts.js'),
    ]);
    return createTrends({
      log,
      clock: nodeClock,
      epochMs: () => Date.now(),
      createTarget,
      askpass: join(context.extensionPath, 'media', 'askpass.sh'),
      createFile: createLineFile,
      sshHosts: (configFile) => sshHosts(configFile),
    });
  };
  return () => (loaded ??= load());
}
