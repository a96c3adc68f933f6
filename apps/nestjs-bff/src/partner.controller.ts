import { EGAIN_AUTH, type EgainAuth } from '@egain-auth/nestjs';
import { Controller, Get, Inject, Req, Res, UnauthorizedException } from '@nestjs/common';
import type { Request, Response } from 'express';
import { COOKIE, readCookie } from './cookies.ts';
import { type Listing, portalNames } from './knowledge.ts';
import { PartnerService } from './partner.service.ts';

/** Somebody signs in at the partner's identity provider; eGain takes its token in exchange for one of its own. */
@Controller()
export class PartnerController {
  constructor(
    @Inject(PartnerService) private readonly partner: PartnerService,
    @Inject(EGAIN_AUTH) private readonly egain: EgainAuth,
  ) {}

  @Get('partner/login')
  async signIn(@Res() response: Response): Promise<void> {
    const { id, url } = await this.partner.startLogin();
    response.cookie('partner_login', id, COOKIE).redirect(303, url);
  }

  @Get('partner/callback')
  async callback(@Req() request: Request, @Res() response: Response): Promise<void> {
    const search = request.url.slice(request.path.length);
    const id = await this.partner.completeLogin(readCookie(request, 'partner_login'), search);
    response.clearCookie('partner_login', COOKIE).cookie('partner', id, COOKIE).redirect(303, '/');
  }

  @Get('api/partner/portals')
  async portals(@Req() request: Request): Promise<Listing> {
    const session = this.partner.find(readCookie(request, 'partner'));
    if (!session) throw new UnauthorizedException();
    const subjectToken = () => session.accessToken;
    const api = this.egain.api(
      { type: 'exchanged', registrationId: this.partner.registrationId, subjectToken },
      { scope: ['knowledge.portalmgr.read'] },
    );
    return { as: session.name, items: await portalNames(api) };
  }
}
