import { createEgainAuth, EGAIN_AUTH, type EgainAuth } from '@egain-auth/nestjs';
import { createEgainEmulator, type EgainEmulator } from '@egain-auth/testing';
import { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { AppModule } from './app.module';

describe('AppController', () => {
  let emulator: EgainEmulator;
  let egain: EgainAuth;
  let app: INestApplication;

  beforeAll(async () => {
    emulator = await createEgainEmulator().listen();
    egain = createEgainAuth(emulator.config({ baseUrl: 'http://localhost:3000' }));
    const module = await Test.createTestingModule({ imports: [AppModule] })
      .overrideProvider(EGAIN_AUTH)
      .useValue(egain)
      .compile();
    app = module.createNestApplication();
    await app.listen(0);
  });

  afterAll(async () => {
    await app.close();
    await egain.close();
    await emulator.close();
  });

  it('asks for somebody signed in', async () => {
    const answer = await fetch(`${await app.getUrl()}/desk`);
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ error: { code: 'login_required' } });
  });

  it.each(['crm', 'observed'])('calls eGain on behalf of somebody: %s', async (path) => {
    const answer = await fetch(`${await app.getUrl()}/${path}`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ user: [{ firstName: 'Pat' }] });
  });
});
