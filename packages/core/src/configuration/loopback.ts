/** localhost, 127.0.0.0/8 and ::1. `URL` has normalised every other spelling of them. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
