import { lookup as resolve } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Loopback, private, link-local, carrier-grade and reserved addresses (RFC 6890): none of them is eGain's. */
const INTERNAL = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  INTERNAL.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  INTERNAL.addSubnet(network, prefix, 'ipv6');
}

/** Whether an address may be connected to when a name is said to be on the internet. IPv4 inside IPv6 is unpacked. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  // BlockList unpacks ::ffff:10.0.0.1 itself.
  return !INTERNAL.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/**
 * A look-up for connections that refuses a name which resolves into the internal network: checked on the very address
 * that is then connected to, so that a second answer of the name server changes nothing (DNS rebinding, T075).
 */
export const lookupPublicAddress: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    const refused =
      error ?? (addresses.every(({ address }) => isPublicAddress(address)) ? undefined : internalAddress());
    if (refused) callback(refused, '', 0);
    else if (options.all) callback(null, addresses);
    else callback(null, addresses[0]?.address ?? '', addresses[0]?.family);
  });
};

function internalAddress(): NodeJS.ErrnoException {
  return Object.assign(new Error('the name resolves to an internal address'), { code: 'EGAIN_INTERNAL_ADDRESS' });
}
