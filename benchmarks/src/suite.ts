/** What `npm run bench -- <name>` measures. */
export interface Suite {
  /** By the names that `--only` takes. */
  readonly contestants: readonly string[];
  /** By the names that `--part` takes. */
  readonly parts: readonly string[];
  /** The package that a contestant is about, if it is one. */
  packageOf(contestant: string): Promise<string | undefined>;
  run(options: SuiteOptions): Promise<SuiteResult>;
}

export interface SuiteOptions {
  readonly contestants: readonly string[];
  readonly parts: readonly string[];
  readonly isQuick: boolean;
  readonly progress: (text: string) => void;
}

export interface SuiteResult {
  readonly text: string;
  /** For `--json`. */
  readonly figures: Readonly<Record<string, unknown>>;
}
