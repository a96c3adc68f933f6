import { rmSync } from 'node:fs';

export default function uninstall() {
  rmSync(process.env['EGAIN_AUTH_PACKED'], { recursive: true, force: true });
}
