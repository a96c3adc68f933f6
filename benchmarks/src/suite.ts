/** What `npm run bench -- <name>` measures. */
export interface Suite {
  /** By the names that `--only` takes. */
  readonly contestants: readonly string[];
  /** By the names that `--part` takes. */
  readonly parts: readonly string[];
  /** The packages that a run is about, as folders of node_modules, so that their versions can be told. */
  packagesOf(choice: SuiteChoice): Promise<readonly (string | undefined)[]>;
  run(options: SuiteOptions): Promise<SuiteResult>;
}

export interface SuiteChoice {
  readonly contestants: readonly string[];
  readonly parts: readonly string[];
}

export interface SuiteOptions extends SuiteChoice {
  readonly isQuick: boolean;
  readonly progress: (text: string) => void;
}

export interface SuiteResult {
  readonly text: string;
  /** For `--json`. */
  readonly figures: Readonly<Record<string, unknown>>;
}
