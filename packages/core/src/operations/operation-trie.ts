// Written by tools/operations.mjs from data/egain-operations.tsv, which has the state of 2026-04-17: do not edit.

/**
 * Who is accepted, by method and by the segments of the path: `*` is a parameter, and at `/`, where a path ends, are the
 * actors. Without the operations that declare nothing: who is unknown here is accepted.
 */
export interface OperationTrie {
  GET: {
    knowledge: {
      portalmgr: {
        v4: {
          portals: {
            '*': {
              articles: {
                '*': {
                  '/': 'user' | 'customer' | 'anonymous-customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
                  breadcrumb: {
                    '/': 'client';
                  };
                  related: {
                    '/': 'user' | 'customer' | 'anonymous-customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
                  };
                  ratings: {
                    '/': 'user' | 'customer' | 'anonymous-customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
                  };
                  permissions: {
                    '/': 'user' | 'customer' | 'anonymous-customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
                  };
                  personalization: {
                    '/': 'user' | 'on-behalf-of-user';
                  };
                };
                '/':
                  | 'user'
                  | 'customer'
                  | 'anonymous-customer'
                  | 'client'
                  | 'on-behalf-of-user'
                  | 'on-behalf-of-customer';
                attachments: {
                  '*': {
                    '/': 'user' | 'customer' | 'anonymous-customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
                  };
                };
                announcements: {
                  '/': 'user' | 'customer' | 'anonymous-customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
                };
                compliance: {
                  pending: {
                    '/': 'user' | 'on-behalf-of-user';
                  };
                  acknowledged: {
                    '/': 'user' | 'on-behalf-of-user';
                  };
                };
                subscribed: {
                  '/': 'user' | 'customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
                };
              };
              topics: {
                '*': {
                  '/':
                    | 'user'
                    | 'customer'
                    | 'anonymous-customer'
                    | 'client'
                    | 'on-behalf-of-user'
                    | 'on-behalf-of-customer';
                  parents: {
                    '/': 'user' | 'customer' | 'anonymous-customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
                  };
                };
                '/': 'user' | 'customer' | 'anonymous-customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
              };
              populararticles: {
                '/': 'user' | 'customer' | 'anonymous-customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
              };
              gh: {
                casebasereleases: {
                  '/': 'user' | 'customer' | 'anonymous-customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
                  '*': {
                    '/': 'user' | 'customer' | 'anonymous-customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
                    clusters: {
                      '/': 'user' | 'customer' | 'anonymous-customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
                      '*': {
                        cases: {
                          '/':
                            | 'user'
                            | 'customer'
                            | 'anonymous-customer'
                            | 'on-behalf-of-user'
                            | 'on-behalf-of-customer';
                        };
                      };
                    };
                    cases: {
                      '*': {
                        '/': 'user' | 'customer' | 'anonymous-customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
                      };
                    };
                  };
                };
                profiles: {
                  '/': 'user' | 'customer' | 'anonymous-customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
                };
                quickpicks: {
                  '/': 'user' | 'customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
                };
              };
              bookmarks: {
                '/': 'user' | 'customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
              };
              userprofiles: {
                '/': 'user' | 'on-behalf-of-user';
              };
              articlelists: {
                '/': 'user' | 'customer' | 'anonymous-customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
                '*': {
                  '/': 'user' | 'customer' | 'anonymous-customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
                };
              };
              '/':
                | 'user'
                | 'customer'
                | 'anonymous-customer'
                | 'client'
                | 'on-behalf-of-user'
                | 'on-behalf-of-customer';
              suggestions: {
                '/': 'user' | 'customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
                '*': {
                  '/': 'user' | 'customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
                  relatedArticles: {
                    '/': 'user' | 'customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
                  };
                  comments: {
                    '/': 'user' | 'customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
                  };
                  attachments: {
                    '/': 'user' | 'customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
                  };
                };
                attachments: {
                  '*': {
                    '/': 'user' | 'customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
                  };
                };
              };
              escalate: {
                '*': {
                  search: {
                    '/': 'customer' | 'anonymous-customer';
                  };
                };
              };
              tagcategoriesforinterest: {
                '/': 'user' | 'customer' | 'anonymous-customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
              };
            };
            user: {
              '/': 'user' | 'on-behalf-of-user';
              milestones: {
                '/': 'user' | 'on-behalf-of-user';
              };
            };
            '/': 'user' | 'customer' | 'anonymous-customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
          };
          articles: {
            '*': {
              witheditions: {
                '/': 'client';
              };
              editions: {
                '*': {
                  '/': 'client';
                };
              };
            };
            attachments: {
              '*': {
                '/': 'client';
              };
            };
          };
          myportals: {
            '/': 'user' | 'on-behalf-of-user';
          };
          '*': {
            search: {
              '/':
                | 'user'
                | 'customer'
                | 'anonymous-customer'
                | 'client'
                | 'on-behalf-of-user'
                | 'on-behalf-of-customer';
            };
          };
          content: {
            export: {
              '*': {
                status: {
                  '/': 'client';
                };
              };
            };
          };
        };
      };
      contentmgr: {
        v4: {
          prompts: {
            prompttemplates: {
              '/': 'user' | 'client';
              '*': {
                '/': 'user' | 'client';
              };
            };
          };
          import: {
            system: {
              hooks: {
                '/': 'user';
                '*': {
                  version: {
                    '/': 'user';
                    '*': {
                      '/': 'user';
                    };
                  };
                };
              };
            };
            config: {
              hooks: {
                '/': 'user';
                '*': {
                  version: {
                    '/': 'user';
                    '*': {
                      '/': 'user';
                    };
                  };
                };
              };
            };
            content: {
              '*': {
                status: {
                  '/': 'client';
                };
              };
              health: {
                '/': 'client';
              };
            };
          };
        };
      };
    };
  };
  PUT: {
    knowledge: {
      portalmgr: {
        v4: {
          portals: {
            '*': {
              articles: {
                '*': {
                  addtoreply: {
                    '/': 'user' | 'on-behalf-of-user';
                  };
                  addasreference: {
                    '/': 'user' | 'on-behalf-of-user';
                  };
                  ratings: {
                    '/': 'user' | 'customer' | 'anonymous-customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
                  };
                  comply: {
                    '/': 'user' | 'on-behalf-of-user';
                  };
                  subscribe: {
                    '/': 'user' | 'customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
                  };
                  unsubscribe: {
                    '/': 'user' | 'customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
                  };
                };
              };
              gh: {
                search: {
                  '/': 'user' | 'customer' | 'anonymous-customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
                };
              };
              userprofiles: {
                '*': {
                  select: {
                    '/': 'user' | 'on-behalf-of-user';
                  };
                };
              };
              suggestions: {
                '/': 'user' | 'customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
              };
              escalate: {
                '*': {
                  complete: {
                    '/': 'customer' | 'anonymous-customer';
                  };
                  avert: {
                    '/': 'customer' | 'anonymous-customer';
                  };
                };
              };
            };
          };
        };
      };
    };
  };
  POST: {
    knowledge: {
      portalmgr: {
        v4: {
          portals: {
            '*': {
              gh: {
                search: {
                  '/': 'user' | 'customer' | 'anonymous-customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
                };
                cases: {
                  '*': {
                    accept: {
                      '/': 'user' | 'customer' | 'anonymous-customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
                    };
                    reject: {
                      '/': 'user' | 'customer' | 'anonymous-customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
                    };
                  };
                };
                quickpicks: {
                  '/': 'user' | 'customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
                  '*': {
                    '/': 'user' | 'customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
                  };
                };
              };
              bookmarks: {
                '/': 'user' | 'customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
              };
              search: {
                kb: {
                  event: {
                    '/': 'client';
                  };
                };
                federated: {
                  event: {
                    '/': 'user' | 'customer' | 'anonymous-customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
                  };
                };
                connectors: {
                  event: {
                    '/': 'user' | 'customer' | 'anonymous-customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
                  };
                };
              };
              suggestions: {
                '/': 'user' | 'customer' | 'anonymous-customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
              };
              escalate: {
                '/': 'customer' | 'anonymous-customer';
              };
              view: {
                searchresults: {
                  connectors: {
                    event: {
                      '/': 'user' | 'customer' | 'anonymous-customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
                    };
                  };
                };
              };
            };
          };
          attachment: {
            preupload: {
              '/': 'user' | 'customer' | 'anonymous-customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
            };
            upload: {
              '/': 'user' | 'customer' | 'anonymous-customer';
            };
          };
          content: {
            export: {
              '/': 'client';
            };
          };
        };
      };
      contentmgr: {
        v4: {
          import: {
            content: {
              '/': 'client';
              validate: {
                '/': 'client';
              };
              '*': {
                cancel: {
                  '/': 'client';
                };
              };
            };
            system: {
              hooks: {
                '/': 'user';
                '*': {
                  version: {
                    '/': 'user';
                  };
                };
              };
            };
            config: {
              hooks: {
                '/': 'user';
                '*': {
                  version: {
                    '/': 'user';
                  };
                };
              };
            };
          };
        };
      };
    };
    core: {
      aiservices: {
        v4: {
          promptmanager: {
            execute: {
              prompt: {
                '*': {
                  '/': 'user' | 'customer' | 'anonymous-customer' | 'client';
                };
              };
            };
          };
          instantanswers: {
            event: {
              '/': 'user' | 'customer' | 'anonymous-customer';
            };
          };
          '*': {
            retrieve: {
              '/': 'user' | 'customer' | 'anonymous-customer';
            };
            answers: {
              '/': 'user' | 'customer' | 'anonymous-customer';
            };
          };
        };
      };
    };
  };
  DELETE: {
    knowledge: {
      portalmgr: {
        v4: {
          portals: {
            '*': {
              bookmarks: {
                '*': {
                  '/': 'user' | 'customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
                };
              };
              suggestions: {
                '*': {
                  '/': 'user' | 'customer' | 'on-behalf-of-user' | 'on-behalf-of-customer';
                };
              };
            };
          };
        };
      };
    };
  };
}
