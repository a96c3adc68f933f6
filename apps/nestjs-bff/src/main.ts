// The application against a real tenant: everything comes from the EGAIN_* variables of the README.
import { ConfigService } from './config.ts';
import { createApp } from './create-app.ts';

const app = await createApp(ConfigService.fromEnv());
app.enableShutdownHooks();
await app.listen(Number(process.env['PORT'] ?? 3000));
