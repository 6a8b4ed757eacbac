import type * as vscode from 'vscode';
import { CancelSource } from '../base/cancel.js';
import { DisposableStore } from '../base/dispose.js';
import { type PageContext, PageHost } from './page-host.js';
import type { LoadTrends } from './trend-services.js';

/** The views Memory and Processes: each shows the chosen target, and looks at it only while it is visible. */
export class MachineView implements vscode.WebviewViewProvider, vscode.Disposable {
  private readonly disposables = new DisposableStore();
  private host: PageHost | undefined;

  constructor(
    private readonly page: 'memory' | 'processes',
    private readonly load: LoadTrends,
    private readonly context: PageContext,
  ) {}

  async resolveWebviewView(view: vscode.WebviewView): Promise<void> {
    const mine = this.disposables.add(new DisposableStore());
    const closed = new CancelSource();
    mine.add(
      view.onDidDispose(() => {
        closed.cancel();
        mine.dispose();
      }),
    );
    const services = await this.load();
    // The user may have closed it meanwhile.
    if (closed.requested) return;
    const host = mine.add(new PageHost(view.webview, this.page, services, this.context));
    this.host = host;
    const show = (): void => {
      const monitor = services.monitors.current;
      view.description = monitor.target.config.kind === 'local' ? '' : monitor.target.name;
      host.show([{ monitor }]);
    };
    mine.add(services.monitors.onDidSelect(show));
    mine.add(view.onDidChangeVisibility(() => host.setVisible(view.visible)));
    mine.add({
      dispose: () => {
        if (this.host === host) this.host = undefined;
      },
    });
    show();
    host.setVisible(view.visible);
  }

  /** The page that is there now, for messages that every page is told. */
  get open(): PageHost | undefined {
    return this.host;
  }

  dispose(): void {
    this.disposables.dispose();
  }
}
