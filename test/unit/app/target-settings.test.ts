import { describe, expect, it } from 'vitest';
import { readTargets } from '../../../src/app/target-settings.js';

const detailOf = (raw: unknown): unknown => {
  const [fault] = readTargets(raw).faults;
  return fault?.code === 'bad-setting' ? fault.detail : fault;
};

describe('memlens.targets', () => {
  it('names hosts and commands, with a sysroot', () => {
    const { targets, faults } = readTargets({
      board: 'ssh:root@192.168.1.7',
      web: { target: "command:docker exec -i 'my web' sh", sysroot: '/opt/web' },
    });
    expect(faults).toEqual([]);
    expect(targets).toEqual([
      { name: 'board', config: { kind: 'ssh', host: 'root@192.168.1.7' } },
      { name: 'web', config: { kind: 'command', argv: ['docker', 'exec', '-i', 'my web', 'sh'] }, sysroot: '/opt/web' },
    ]);
  });

  it('keeps the others when one is wrong, and says which', () => {
    const { targets, faults } = readTargets({ bad: 'ssh:-oProxyCommand=x', good: 'ssh:b', worse: 7, none: {} });
    expect(targets.map(({ name }) => name)).toEqual(['good']);
    expect(faults).toHaveLength(3);
    expect(detailOf({ bad: 'ssh:-oProxyCommand=x' })).toMatch(/"bad" .*begin with "-"/);
  });

  it('refuses a sysroot that is not absolute', () => {
    expect(detailOf({ a: { target: 'ssh:b', sysroot: 'here' } })).toMatch(/absolute/);
  });

  it.each([undefined, null, [], 'ssh:a', 3])('reads %j as no targets', (raw) => {
    expect(readTargets(raw)).toEqual({ targets: [], faults: [] });
  });
});
