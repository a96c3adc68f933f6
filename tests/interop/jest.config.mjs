import { preset } from '../../jest.preset.mjs';

// oidc-provider warns at every start that this is no production set-up.
export default { ...preset, silent: true };
