import { isRuntimeFrame } from '../../findings/runtime-frame.js';
import type { HeapProfile } from '../../model/heap-profile.js';

/** Where distributions put libraries and their headers. */
const SYSTEM = /^\/(?:usr\/)?(?:lib|lib32|lib64|libx32|include)\//;

/** 1 for each frame that is not of the user's own code: of the runtime, or of a library or header of the system. */
export function systemFrames({ frames, texts }: HeapProfile): Uint8Array {
  const judged = new Map<string, number>();
  return Uint8Array.from({ length: frames.length }, (_, frame) => {
    const [name, file, module] = [frames.function[frame]!, frames.file[frame]!, frames.module[frame]!];
    const key = `${name} ${file} ${module}`;
    let answer = judged.get(key);
    if (answer === undefined) {
      answer = isSystem(texts[name] ?? '', texts[file] ?? '', texts[module] ?? '') ? 1 : 0;
      judged.set(key, answer);
    }
    return answer;
  });
}

const isSystem = (name: string, file: string, module: string): boolean =>
  SYSTEM.test(module) ||
  SYSTEM.test(file) ||
  isRuntimeFrame({
    ...(name === '' ? {} : { function: name }),
    ...(file === '' ? {} : { file }),
    ...(module === '' ? {} : { module }),
  });
