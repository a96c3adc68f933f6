/** Runs an action, and tells by how many bytes the process had grown at its largest. */
export async function measure<T>(action: () => Promise<T>): Promise<{ value: T; grownBytes: number }> {
  const before = process.memoryUsage.rss();
  let largest = before;
  const look = () => {
    largest = Math.max(largest, process.memoryUsage.rss());
  };
  const timer = setInterval(look, 5);
  try {
    const value = await action();
    look();
    return { value, grownBytes: largest - before };
  } finally {
    clearInterval(timer);
  }
}
