import { describe, expect, test } from '@jest/globals';
import { createHttpClient } from '../../src/http/client.ts';
import { isPublicAddress, lookupPublicAddress } from '../../src/http/public-address.ts';
import { json, listen } from '../loopback.ts';

describe('T075: an address of the internal network', () => {
  test.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '192.0.0.8',
    '198.19.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '64:ff9b::a00:1',
    'localhost',
    '',
    'x',
  ])('%s is not public', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  test.each(['8.8.8.8', '172.15.0.1', '172.32.0.1', '192.0.2.1', '100.63.0.1', '2606:4700::1111', '::ffff:8.8.8.8'])(
    '%s is public',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  test.each([true, false])('a name that resolves to one is refused (all: %s)', async (all) => {
    const error = await new Promise((resolve) => lookupPublicAddress('localhost', { all }, resolve));
    expect(error).toMatchObject({ code: 'EGAIN_INTERNAL_ADDRESS' });
  });

  test('an address that is public is handed on, in the form asked for', async () => {
    const single = await new Promise((resolve) => lookupPublicAddress('8.8.8.8', {}, (...answer) => resolve(answer)));
    expect(single).toEqual([null, '8.8.8.8', 4]);
    const list = await new Promise((resolve) =>
      lookupPublicAddress('8.8.8.8', { all: true }, (_error, addresses) => resolve(addresses)),
    );
    expect(list).toEqual([{ address: '8.8.8.8', family: 4 }]);
  });

  test('a client that was told to stay on the internet sends nothing to it', async () => {
    const server = await listen(json({}));
    const http = createHttpClient({ timeoutMs: 2000, lookup: lookupPublicAddress });
    const url = new URL(server.origin.replace('127.0.0.1', 'localhost'));
    const sent = http.send({ method: 'GET', url, headers: {}, maxBodyBytes: 10 });
    await expect(sent).rejects.toThrow('EGAIN_INTERNAL_ADDRESS');
    expect(server.received).toEqual([]);
    await Promise.all([http.close(), server.close()]);
  });
});
