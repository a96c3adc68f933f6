import { randomUUID } from 'node:crypto';
import { onBehalfOf, user } from '@egain-auth/express';
import express, { type RequestHandler, type Router } from 'express';
import { searchArticles } from './knowledge.ts';
import { crmLogin, page } from './pages.ts';

/** The employees of the demo's CRM. In its emulator each is an agent of the same name. */
export const EMPLOYEES = ['maria.agent', 'tom.agent'];

declare global {
  namespace Express {
    interface Request {
      /** Who signed in at the CRM. */
      employee?: string;
    }
  }
}

/**
 * An application with a login of its own that calls eGain on behalf of the person who signed in there. The login is a pretended
 * one, where a caller chooses a name: replace it by yours before you connect a real tenant.
 * @param employees who can be chosen
 */
export function crm(employees: readonly string[]): Router {
  const logins = new Map<string, string>();
  const router = express.Router();

  router.post('/login', express.urlencoded({ extended: false }), (req, res) => {
    const employee = employees.find((name) => name === req.body.employee);
    if (employee === undefined) {
      res.sendStatus(403);
      return;
    }
    const id = randomUUID();
    logins.set(id, employee);
    res.cookie('crm', id, { httpOnly: true, sameSite: 'lax' }).redirect(303, '/crm');
  });

  const signedInAtCrm: RequestHandler = (req, res, next) => {
    const id = /(?:^|; )crm=([^;]*)/.exec(req.headers.cookie ?? '')?.[1] ?? '';
    const employee = logins.get(id);
    if (employee === undefined) {
      res.send(page(req.egain, 'CRM', crmLogin(employees)));
      return;
    }
    req.employee = employee;
    next();
  };

  // The subject comes from the CRM's own session, never from anything that a browser can write.
  const asEmployee = onBehalfOf((req) => user({ username: req.employee ?? '' }), {
    scope: ['knowledge.portalmgr.onbehalfof.read'],
  });

  router.get('/', signedInAtCrm, asEmployee, async (req, res) => {
    const body = await searchArticles(req.egain, req.query['q']);
    res.send(page(req.egain, `CRM of ${req.employee}`, body));
  });

  return router;
}
