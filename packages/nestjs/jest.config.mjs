import { fileURLToPath } from 'node:url';
import { preset } from '../../jest.preset.mjs';

/** Both majors run the same tests. Nest 11 lives in a package of its own: its packages are each other's peers. */
const nest11 = fileURLToPath(new URL('../../tests/nest11/node_modules/@nestjs/', import.meta.url));

export default {
  projects: [
    { ...preset, displayName: 'Nest 12', globals: { nest: 'Nest 12' } },
    {
      ...preset,
      displayName: 'Nest 11',
      globals: { nest: 'Nest 11' },
      moduleNameMapper: { '^@nestjs/(.*)$': `${nest11}$1` },
    },
  ],
};
