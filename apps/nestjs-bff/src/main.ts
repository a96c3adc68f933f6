// The application against a real tenant: everything comes from the EGAIN_* variables of the README.
import { ConfigService } from './config.ts';
import { start } from './start.ts';

await start(ConfigService.fromEnv(), Number(process.env['PORT'] ?? 3000), process.env['HOST']);
