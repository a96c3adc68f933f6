import { randomUUID } from 'node:crypto';

/**
 * A form as it is sent, with its boundary in `type`. A Blob of blobs: files are read while they are sent, and can be sent
 * again. Not undici's own way, which takes forms of its own class only: those of Node's global `FormData` are of another.
 * @throws {TypeError} for a file of another class than Node's
 * @see HTML, "multipart/form-data encoding"; RFC 7578
 */
export function multipartOf(form: FormData): Blob {
  const boundary = `form-${randomUUID()}`;
  const parts = [...form].flatMap(([name, value]) => {
    const head = `--${boundary}\r\ncontent-disposition: form-data; name="${quoted(name)}"`;
    if (typeof value === 'string') return [`${head}\r\n\r\n${withCrlf(value)}\r\n`];
    // Blob would make text of it: the name of its class.
    if (!(value instanceof Blob)) {
      throw new TypeError('options.body: a file of a form must be a File or Blob of this runtime (node:buffer)');
    }
    const type = value.type || 'application/octet-stream';
    return [`${head}; filename="${quoted(value.name)}"\r\ncontent-type: ${type}\r\n\r\n`, value, '\r\n'];
  });
  return new Blob([...parts, `--${boundary}--\r\n`], { type: `multipart/form-data; boundary=${boundary}` });
}

/** Neither a name nor a file's can end its header. */
const quoted = (name: string): string => name.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22');

const withCrlf = (text: string): string => text.replace(/\r\n?|\n/g, '\r\n');
