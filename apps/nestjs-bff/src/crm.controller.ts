import { OnBehalfOf, user } from '@egain-auth/nestjs';
import { Body, Controller, ForbiddenException, Get, Inject, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import type { Response } from 'express';
import { map, type Observable } from 'rxjs';
import { ArticlesService } from './articles.service.ts';
import { COOKIE } from './cookies.ts';
import { CrmGuard, type CrmRequest, CrmSessions } from './crm.sessions.ts';
import { type Listing, searchText } from './knowledge.ts';

/** Somebody signs in at the CRM, not at eGain, and eGain is called on their behalf. */
@Controller()
export class CrmController {
  constructor(
    @Inject(CrmSessions) private readonly sessions: CrmSessions,
    @Inject(ArticlesService) private readonly articles: ArticlesService,
  ) {}

  @Post('crm/login')
  signIn(@Body('employee') employee: unknown, @Res() response: Response): void {
    const id = this.sessions.start(employee);
    if (id === undefined) throw new ForbiddenException();
    response.cookie('crm', id, COOKIE).redirect(303, '/');
  }

  // The subject comes from the CRM's own session, never from anything that a browser can write.
  @Get('api/crm/articles')
  @UseGuards(CrmGuard)
  @OnBehalfOf((context) => user({ username: context.switchToHttp().getRequest<CrmRequest>().employee }), {
    scope: ['knowledge.portalmgr.onbehalfof.read'],
  })
  search(@Query('q', searchText) q: string, @Req() { employee }: CrmRequest): Observable<Listing> {
    return this.articles.search(q).pipe(map((items) => ({ as: employee, items })));
  }
}
