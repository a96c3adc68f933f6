import { type ApiClient, EGAIN_AUTH, type EgainAuth } from '@egain-auth/nestjs';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ConfigService } from './config.ts';
import { articleNames, type Listing, type SearchAnswer, searchPath, searchQuery, searchText } from './knowledge.ts';

/** Nobody signs in: the application calls eGain as itself. */
@Controller('api/catalog')
export class CatalogController {
  readonly #api: ApiClient;

  constructor(
    @Inject(EGAIN_AUTH) egain: EgainAuth,
    @Inject(ConfigService) private readonly config: ConfigService,
  ) {
    this.#api = egain.api({ type: 'client' }, { scope: ['app.knowledge.portalmgr.read'] });
  }

  @Get('articles')
  async search(@Query('q', searchText) q: string): Promise<Listing> {
    const answer = await this.#api.get<SearchAnswer>(searchPath(this.config.portal), searchQuery(q));
    return { as: 'the application', items: articleNames(answer) };
  }
}
