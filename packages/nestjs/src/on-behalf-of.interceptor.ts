import type { OnBehalfOfScope, Subject, TokenOptions } from '@egain-auth/core';
import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Observable } from 'rxjs';
import { currentRequest, requireContext, requireRequest } from './current-request.ts';
import { ON_BEHALF_OF } from './egain-auth.guard.ts';
import { DEFAULT_NAME } from './egain-auth.tokens.ts';

export interface OnBehalfOfOptions extends Pick<TokenOptions<OnBehalfOfScope>, 'scope'> {
  /** Ask for the token before the handler runs, so that a refusal comes first. @default false: at the first use */
  eager?: boolean;
  /** Of several instances, the one that acts. */
  name?: string;
}

export interface Representation {
  readonly subject: (context: ExecutionContext) => Subject | Promise<Subject>;
  readonly options: OnBehalfOfOptions;
}

/** No guard: those of the application run in any order, and must have said who is there before the name is asked for. */
@Injectable()
export class OnBehalfOfInterceptor implements NestInterceptor {
  readonly #reflector: Reflector;

  constructor(@Inject(Reflector) reflector: Reflector) {
    this.#reflector = reflector;
  }

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const current = requireRequest(context, '@OnBehalfOf');
    const { subject, options } = this.#reflector.getAllAndOverride<Representation>(ON_BEHALF_OF, [
      context.getHandler(),
      context.getClass(),
    ]);
    // A controller and its handler both bring this interceptor: the handler's decorator is asked, and once.
    if (current.represented === subject) return next.handle();
    const { eager = false, name = DEFAULT_NAME, ...tokenOptions } = options;
    const actor = { type: 'on-behalf-of', subject: await subject(context) } as const;
    const egain = requireContext(current, name).withActor(actor, tokenOptions);
    if (eager) await egain.getToken();
    if (context.getType<string>() === 'graphql') {
      const contexts = new Map(current.contexts).set(name, egain);
      return currentRequest.run({ contexts, represented: subject, within: current }, () => next.handle());
    }
    current.contexts.set(name, egain);
    current.represented = subject;
    return next.handle();
  }
}
