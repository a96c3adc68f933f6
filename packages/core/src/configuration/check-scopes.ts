import type { FlowName } from '../options.ts';
import { assertScopes, judgeScopes, SCOPE_REMEDIES } from '../protocol/scopes.ts';
import type { Problems } from './option-problems.ts';

/** What a flow will be asked for: a list, and of kinds that it can have. */
export function checkScopes(
  option: string,
  flow: FlowName,
  scope: readonly string[] | undefined,
  problems: Problems,
): void {
  try {
    assertScopes(scope);
    for (const { message, isError } of judgeScopes(flow, scope ?? [])) {
      if (isError) problems.add(option, 'wrong_scope_kind', message, SCOPE_REMEDIES[flow]);
      else problems.warn('unusual_scope_kind', `${option} ${message}.`);
    }
  } catch {
    if ([scope].flat().some((each) => typeof each === 'string' && each.includes(','))) {
      const remedy = 'Make each a string of its own, without commas. In the environment, separate them by spaces.';
      problems.add(option, 'not_a_scope_list', 'has a scope with a comma in it', remedy);
      return;
    }
    const [example] = /such as ([\w.]*\w)/.exec(SCOPE_REMEDIES[flow])?.slice(1) ?? [];
    problems.add(option, 'not_a_scope_list', 'is not a list of scopes', `Such as ['${example}'].`);
  }
}
