import { randomUUID } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Inject, Injectable, UnauthorizedException } from '@nestjs/common';
import type { Request } from 'express';
import { ConfigService } from './config.ts';
import { readCookie } from './cookies.ts';

/**
 * The login that the application had before it knew eGain. It is a pretended one, where a caller chooses a name: replace it by
 * yours before you connect a real tenant.
 */
@Injectable()
export class CrmSessions {
  readonly #employees = new Map<string, string>();

  constructor(@Inject(ConfigService) private readonly config: ConfigService) {}

  /** @returns the id of the session, or `undefined` for somebody who is no employee */
  start(name: unknown): string | undefined {
    const employee = this.config.employees.find((known) => known === name);
    if (employee === undefined) return undefined;
    const id = randomUUID();
    this.#employees.set(id, employee);
    return id;
  }

  find(id: string): string | undefined {
    return this.#employees.get(id);
  }
}

export interface CrmRequest extends Request {
  employee: string;
}

@Injectable()
export class CrmGuard implements CanActivate {
  constructor(@Inject(CrmSessions) private readonly sessions: CrmSessions) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<CrmRequest>();
    const employee = this.sessions.find(readCookie(request, 'crm'));
    if (employee === undefined) throw new UnauthorizedException();
    request.employee = employee;
    return true;
  }
}
