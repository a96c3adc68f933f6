import { createRequire } from 'node:module';
import * as imported from '@egain-auth/core/opentelemetry';

const required = createRequire(import.meta.url)('@egain-auth/core/opentelemetry');
// No SDK is registered: to be heard, recorded and thrown away.
const stop = imported.instrumentEgainAuth();
stop();
console.log(JSON.stringify([Object.keys(imported), required.instrumentEgainAuth === imported.instrumentEgainAuth]));
