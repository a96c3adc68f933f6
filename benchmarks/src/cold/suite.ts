import type { Suite } from '../suite.ts';
import { CONTESTANTS, type ContestantName, contestantOf } from './contestants.ts';
import { createInstaller } from './installation.ts';
import { measureCold } from './measure.ts';
import { describeCold, describeTypeCheck } from './report.ts';
import { COMPILERS, measureTypeCheck } from './type-check.ts';

const QUICK = { imports: 1, typeChecks: 1, compilers: ['typescript-7.0'] } as const;
const FULL = { imports: 15, typeChecks: 7, compilers: COMPILERS } as const;

export const cold: Suite = {
  contestants: Object.keys(CONTESTANTS),
  parts: ['packages', 'types'],
  packagesOf: async ({ contestants, parts }) => [
    ...(parts.includes('packages') ? contestants.flatMap((name) => contestantOf(name as ContestantName).packages) : []),
    ...(parts.includes('types') ? [...COMPILERS, '@egain-auth/core'] : []),
  ],

  async run({ contestants, parts, isQuick, progress }) {
    const size = isQuick ? QUICK : FULL;
    progress('packing');
    const installer = await createInstaller();
    try {
      const packages = parts.includes('packages')
        ? await measureCold(installer, {
            contestants: contestants as ContestantName[],
            ...{ rounds: size.imports, progress },
          })
        : [];
      const types = parts.includes('types')
        ? await measureTypeCheck(installer, {
            ...{ compilers: size.compilers, rounds: size.typeChecks, progress },
          })
        : [];
      const texts = [
        packages.length > 0 &&
          `Imported by a new process; medians of ${size.imports} (min–max)\n\n${describeCold(packages)}`,
        types.length > 0 &&
          `api(…).get(…) compiled; medians of ${size.typeChecks} (min–max)\n\n${describeTypeCheck(types)}`,
      ];
      return { text: texts.filter((text) => text !== false).join('\n'), figures: { ...size, packages, types } };
    } finally {
      installer.remove();
    }
  },
};
