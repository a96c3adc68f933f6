import { type BuildOptions, build } from 'esbuild';
import { inConsumer } from './consumer.ts';

/** undici is CommonJS: in a bundle of ES modules it finds no `require` unless it is given one. */
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/**
 * Everything in one file for Node, or in several if they are to be split; minified, so that whatever looks useless is gone.
 * @returns the files that went in, with the bytes of each that came out
 */
export async function bundle(entry: string, outfile: string, options: BuildOptions): Promise<Record<string, number>> {
  const { metafile } = await build({
    ...{
      bundle: true,
      platform: 'node',
      minify: true,
      metafile: true,
      logLevel: 'silent',
      absWorkingDir: inConsumer(),
    },
    ...(options.format === 'esm' && { banner: { js: REQUIRE } }),
    entryPoints: [entry],
    ...(options.splitting ? { outdir: outfile.replace(/\/.*/, ''), outExtension: { '.js': '.mjs' } } : { outfile }),
    ...options,
  });
  const inputs = Object.values(metafile?.outputs ?? {}).flatMap((output) => Object.entries(output.inputs));
  return Object.fromEntries(inputs.map(([path, { bytesInOutput }]) => [path, bytesInOutput]));
}
