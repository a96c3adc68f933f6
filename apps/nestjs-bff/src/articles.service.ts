import { EgainHttpService } from '@egain-auth/nestjs';
import { Inject, Injectable } from '@nestjs/common';
import { map, type Observable } from 'rxjs';
import { ConfigService } from './config.ts';
import { articleNames, type SearchAnswer, searchPath, searchQuery } from './knowledge.ts';

@Injectable()
export class ArticlesService {
  constructor(
    @Inject(EgainHttpService) private readonly egain: EgainHttpService,
    @Inject(ConfigService) private readonly config: ConfigService,
  ) {}

  /** As whoever the current request acts as: one service for the agent and for the CRM. Unsubscribing ends the call. */
  search(q: string): Observable<string[]> {
    return this.egain.get<SearchAnswer>(searchPath(this.config.portal), searchQuery(q)).pipe(map(articleNames));
  }
}
