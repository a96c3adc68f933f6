// Written by tools/operations.mjs from data/egain-operations.tsv, which has the state of 2026-04-17: do not edit.

/**
 * One operation a line: method, path, operationId, and where the operation declares them the scopes that each actor needs, in
 * the order of OPERATION_ACTORS; `,` between scopes that are all needed, `-` for an actor that is not accepted.
 */
export const OPERATION_TABLE: string = `\
GET /knowledge/portalmgr/v4/portals/{portalID}/articles/{articleID} getArticleById knowledge.portalmgr.read knowledge.portalmgr.read knowledge.portalmgr.read - knowledge.portalmgr.onbehalfof.read knowledge.portalmgr.onbehalfof.read
GET /knowledge/portalmgr/v4/articles/{articleID}/witheditions getArticleByIdWithEditions - - - .default - -
GET /knowledge/portalmgr/v4/articles/{articleID}/editions/{publishViewId} getArticleEditionDetails - - - .default - -
GET /knowledge/portalmgr/v4/portals/{portalID}/articles/{articleID}/breadcrumb getTopicBreadcrumbForArticle - - - .default - -
PUT /knowledge/portalmgr/v4/portals/{portalID}/articles/{articleID}/addtoreply AddToReply knowledge.portalmgr.manage - - - knowledge.portalmgr.onbehalfof.manage -
PUT /knowledge/portalmgr/v4/portals/{portalID}/articles/{articleID}/addasreference AddAsReference knowledge.portalmgr.manage - - - knowledge.portalmgr.onbehalfof.manage -
GET /knowledge/portalmgr/v4/portals/{portalID}/articles getArticlesInTopic knowledge.portalmgr.read knowledge.portalmgr.read knowledge.portalmgr.read .default knowledge.portalmgr.onbehalfof.read knowledge.portalmgr.onbehalfof.read
GET /knowledge/portalmgr/v4/articles/attachments/{attachmentID} getArticleAttachmentById - - - .default - -
GET /knowledge/portalmgr/v4/portals/{portalID}/articles/attachments/{attachmentID} getAttachmentByIdInPortal knowledge.portalmgr.read knowledge.portalmgr.read knowledge.portalmgr.read - knowledge.portalmgr.onbehalfof.read knowledge.portalmgr.onbehalfof.read
GET /knowledge/portalmgr/v4/portals/{portalID}/articles/{articleID}/related getRelatedArticles knowledge.portalmgr.read knowledge.portalmgr.read knowledge.portalmgr.read - knowledge.portalmgr.onbehalfof.read knowledge.portalmgr.onbehalfof.read
GET /knowledge/portalmgr/v4/portals/{portalID}/articles/announcements getAnnouncementArticles knowledge.portalmgr.read knowledge.portalmgr.read knowledge.portalmgr.read - knowledge.portalmgr.onbehalfof.read knowledge.portalmgr.onbehalfof.read
GET /knowledge/portalmgr/v4/portals/{portalID}/articles/{articleID}/ratings getArticleRatings knowledge.portalmgr.read knowledge.portalmgr.read knowledge.portalmgr.read - knowledge.portalmgr.onbehalfof.read knowledge.portalmgr.onbehalfof.read
PUT /knowledge/portalmgr/v4/portals/{portalID}/articles/{articleID}/ratings rateArticle knowledge.portalmgr.manage knowledge.portalmgr.manage knowledge.portalmgr.manage - knowledge.portalmgr.onbehalfof.manage knowledge.portalmgr.onbehalfof.manage
GET /knowledge/portalmgr/v4/portals/{portalID}/articles/compliance/pending getPendingComplianceArticles knowledge.portalmgr.read - - - knowledge.portalmgr.onbehalfof.read -
GET /knowledge/portalmgr/v4/portals/{portalID}/articles/compliance/acknowledged getAcknowledgedComplianceArticles knowledge.portalmgr.read - - - knowledge.portalmgr.onbehalfof.read -
PUT /knowledge/portalmgr/v4/portals/{portalID}/articles/{articleID}/comply complyArticle knowledge.portalmgr.manage - - - knowledge.portalmgr.onbehalfof.manage -
GET /knowledge/portalmgr/v4/portals/{portalID}/articles/subscribed getMySubscription knowledge.portalmgr.read knowledge.portalmgr.read - - knowledge.portalmgr.onbehalfof.read knowledge.portalmgr.onbehalfof.read
PUT /knowledge/portalmgr/v4/portals/{portalID}/articles/{articleID}/subscribe subscribeArticle knowledge.portalmgr.manage knowledge.portalmgr.manage - - knowledge.portalmgr.onbehalfof.manage knowledge.portalmgr.onbehalfof.manage
PUT /knowledge/portalmgr/v4/portals/{portalID}/articles/{articleID}/unsubscribe unsubscribeArticle knowledge.portalmgr.manage knowledge.portalmgr.manage - - knowledge.portalmgr.onbehalfof.manage knowledge.portalmgr.onbehalfof.manage
GET /knowledge/portalmgr/v4/portals/{portalID}/topics/{topicID} getchildtopics knowledge.portalmgr.read knowledge.portalmgr.read knowledge.portalmgr.read .default knowledge.portalmgr.onbehalfof.read knowledge.portalmgr.onbehalfof.read
GET /knowledge/portalmgr/v4/portals/{portalID}/topics/{topicID}/parents getancestortopics knowledge.portalmgr.read knowledge.portalmgr.read knowledge.portalmgr.read - knowledge.portalmgr.onbehalfof.read knowledge.portalmgr.onbehalfof.read
GET /knowledge/portalmgr/v4/portals/{portalID}/topics getalltopics knowledge.portalmgr.read knowledge.portalmgr.read knowledge.portalmgr.read - knowledge.portalmgr.onbehalfof.read knowledge.portalmgr.onbehalfof.read
GET /knowledge/portalmgr/v4/portals/{portalID}/populararticles getpopulararticles knowledge.portalmgr.read knowledge.portalmgr.read knowledge.portalmgr.read - knowledge.portalmgr.onbehalfof.read knowledge.portalmgr.onbehalfof.read
GET /knowledge/portalmgr/v4/portals/{portalID}/gh/casebasereleases getAllCasebasesReleases knowledge.portalmgr.read knowledge.portalmgr.read knowledge.portalmgr.read - knowledge.portalmgr.onbehalfof.read knowledge.portalmgr.onbehalfof.read
GET /knowledge/portalmgr/v4/portals/{portalID}/gh/casebasereleases/{casebaseReleaseID} getCasebaseReleaseById knowledge.portalmgr.read knowledge.portalmgr.read knowledge.portalmgr.read - knowledge.portalmgr.onbehalfof.read knowledge.portalmgr.onbehalfof.read
GET /knowledge/portalmgr/v4/portals/{portalID}/gh/casebasereleases/{casebaseReleaseID}/clusters getClusterByCasebaseReleaseId knowledge.portalmgr.read knowledge.portalmgr.read knowledge.portalmgr.read - knowledge.portalmgr.onbehalfof.read knowledge.portalmgr.onbehalfof.read
GET /knowledge/portalmgr/v4/portals/{portalID}/gh/profiles getAllProfilesInPortal knowledge.portalmgr.read knowledge.portalmgr.read knowledge.portalmgr.read - knowledge.portalmgr.onbehalfof.read knowledge.portalmgr.onbehalfof.read
POST /knowledge/portalmgr/v4/portals/{portalID}/gh/search startGHSearch knowledge.portalmgr.manage knowledge.portalmgr.manage knowledge.portalmgr.manage - knowledge.portalmgr.onbehalfof.manage knowledge.portalmgr.onbehalfof.manage
PUT /knowledge/portalmgr/v4/portals/{portalID}/gh/search stepGHSearch knowledge.portalmgr.manage knowledge.portalmgr.manage knowledge.portalmgr.manage - knowledge.portalmgr.onbehalfof.manage knowledge.portalmgr.onbehalfof.manage
GET /knowledge/portalmgr/v4/portals/{portalID}/gh/casebasereleases/{casebaseReleaseID}/clusters/{clusterID}/cases getAllCases knowledge.portalmgr.read knowledge.portalmgr.read knowledge.portalmgr.read - knowledge.portalmgr.onbehalfof.read knowledge.portalmgr.onbehalfof.read
GET /knowledge/portalmgr/v4/portals/{portalID}/gh/casebasereleases/{casebaseReleaseID}/cases/{caseID} getCaseById knowledge.portalmgr.read knowledge.portalmgr.read knowledge.portalmgr.read - knowledge.portalmgr.onbehalfof.read knowledge.portalmgr.onbehalfof.read
POST /knowledge/portalmgr/v4/portals/{portalID}/gh/cases/{caseID}/accept acceptGHSolution knowledge.portalmgr.manage knowledge.portalmgr.manage knowledge.portalmgr.manage - knowledge.portalmgr.onbehalfof.manage knowledge.portalmgr.onbehalfof.manage
POST /knowledge/portalmgr/v4/portals/{portalID}/gh/cases/{caseID}/reject rejectGHSolution knowledge.portalmgr.manage knowledge.portalmgr.manage knowledge.portalmgr.manage - knowledge.portalmgr.onbehalfof.manage knowledge.portalmgr.onbehalfof.manage
POST /knowledge/portalmgr/v4/portals/{portalID}/gh/quickpicks createQuickpick knowledge.portalmgr.manage knowledge.portalmgr.manage - - knowledge.portalmgr.onbehalfof.manage knowledge.portalmgr.onbehalfof.manage
GET /knowledge/portalmgr/v4/portals/{portalID}/gh/quickpicks getAllQuickPicks knowledge.portalmgr.read knowledge.portalmgr.read - - knowledge.portalmgr.onbehalfof.read knowledge.portalmgr.onbehalfof.read
POST /knowledge/portalmgr/v4/portals/{portalID}/gh/quickpicks/{quickpickID} restoreQuickpick knowledge.portalmgr.manage knowledge.portalmgr.manage - - knowledge.portalmgr.onbehalfof.manage knowledge.portalmgr.onbehalfof.manage
POST /knowledge/portalmgr/v4/portals/{portalID}/bookmarks addbookmark knowledge.portalmgr.manage knowledge.portalmgr.manage - - knowledge.portalmgr.onbehalfof.manage knowledge.portalmgr.onbehalfof.manage
GET /knowledge/portalmgr/v4/portals/{portalID}/bookmarks getbookmark knowledge.portalmgr.read knowledge.portalmgr.read - - knowledge.portalmgr.onbehalfof.read knowledge.portalmgr.onbehalfof.read
DELETE /knowledge/portalmgr/v4/portals/{portalID}/bookmarks/{bookmarkID} deletebookmark knowledge.portalmgr.manage knowledge.portalmgr.manage - - knowledge.portalmgr.onbehalfof.manage knowledge.portalmgr.onbehalfof.manage
GET /knowledge/portalmgr/v4/portals/{portalID}/userprofiles getAllUserProfiles knowledge.portalmgr.read - - - knowledge.portalmgr.onbehalfof.read -
PUT /knowledge/portalmgr/v4/portals/{portalID}/userprofiles/{userProfileID}/select selectUserProfile knowledge.portalmgr.manage - - - knowledge.portalmgr.onbehalfof.manage -
GET /knowledge/portalmgr/v4/portals/user getUserDetails knowledge.portalmgr.read - - - knowledge.portalmgr.onbehalfof.read -
GET /knowledge/portalmgr/v4/portals/{portalID}/articlelists getAllArticleLists knowledge.portalmgr.read knowledge.portalmgr.read knowledge.portalmgr.read - knowledge.portalmgr.onbehalfof.read knowledge.portalmgr.onbehalfof.read
GET /knowledge/portalmgr/v4/portals/{portalID}/articlelists/{listID} getArticleListDetails knowledge.portalmgr.read knowledge.portalmgr.read knowledge.portalmgr.read - knowledge.portalmgr.onbehalfof.read knowledge.portalmgr.onbehalfof.read
GET /knowledge/portalmgr/v4/portals getAllPortals knowledge.portalmgr.read knowledge.portalmgr.read knowledge.portalmgr.read - knowledge.portalmgr.onbehalfof.read knowledge.portalmgr.onbehalfof.read
GET /knowledge/portalmgr/v4/myportals getMyPortals knowledge.portalmgr.read - - - knowledge.portalmgr.onbehalfof.read -
GET /knowledge/portalmgr/v4/portals/{portalID} getPortalDetailsById knowledge.portalmgr.read knowledge.portalmgr.read knowledge.portalmgr.read .default knowledge.portalmgr.onbehalfof.read knowledge.portalmgr.onbehalfof.read
GET /knowledge/portalmgr/v4/{portalID}/search aiSearch knowledge.portalmgr.read knowledge.portalmgr.read knowledge.portalmgr.read .default knowledge.portalmgr.onbehalfof.read knowledge.portalmgr.onbehalfof.read
POST /knowledge/portalmgr/v4/portals/{portalID}/search/kb/event createKBSearchResultEvent - - - .default - -
POST /knowledge/portalmgr/v4/portals/{portalID}/suggestions makeSuggestion knowledge.portalmgr.manage knowledge.portalmgr.manage knowledge.portalmgr.manage - knowledge.portalmgr.onbehalfof.manage knowledge.portalmgr.onbehalfof.manage
PUT /knowledge/portalmgr/v4/portals/{portalID}/suggestions modifySuggestions knowledge.portalmgr.manage knowledge.portalmgr.manage - - knowledge.portalmgr.onbehalfof.manage knowledge.portalmgr.onbehalfof.manage
GET /knowledge/portalmgr/v4/portals/{portalID}/suggestions searchSuggestion knowledge.portalmgr.read knowledge.portalmgr.read - - knowledge.portalmgr.onbehalfof.read knowledge.portalmgr.onbehalfof.read
GET /knowledge/portalmgr/v4/portals/{portalID}/suggestions/{suggestionID} getSuggestion knowledge.portalmgr.read knowledge.portalmgr.read - - knowledge.portalmgr.onbehalfof.read knowledge.portalmgr.onbehalfof.read
DELETE /knowledge/portalmgr/v4/portals/{portalID}/suggestions/{suggestionID} deleteSuggestion knowledge.portalmgr.manage knowledge.portalmgr.manage - - knowledge.portalmgr.onbehalfof.manage knowledge.portalmgr.onbehalfof.manage
GET /knowledge/portalmgr/v4/portals/{portalID}/suggestions/{suggestionID}/relatedArticles getRelatedArticlesForSuggestion knowledge.portalmgr.read knowledge.portalmgr.read - - knowledge.portalmgr.onbehalfof.read knowledge.portalmgr.onbehalfof.read
GET /knowledge/portalmgr/v4/portals/{portalID}/suggestions/{suggestionID}/comments getSuggestionComments knowledge.portalmgr.read knowledge.portalmgr.read - - knowledge.portalmgr.onbehalfof.read knowledge.portalmgr.onbehalfof.read
GET /knowledge/portalmgr/v4/portals/{portalID}/suggestions/{suggestionID}/attachments getSuggestionAttachments knowledge.portalmgr.read knowledge.portalmgr.read - - knowledge.portalmgr.onbehalfof.read knowledge.portalmgr.onbehalfof.read
GET /knowledge/portalmgr/v4/portals/{portalID}/suggestions/attachments/{attachmentID} getSuggestionAttachmentById knowledge.portalmgr.read knowledge.portalmgr.read - - knowledge.portalmgr.onbehalfof.read knowledge.portalmgr.onbehalfof.read
GET /knowledge/portalmgr/v4/portals/user/milestones getUserMilestones knowledge.portalmgr.read - - - knowledge.portalmgr.onbehalfof.read -
GET /knowledge/portalmgr/v4/portals/{portalID}/articles/{articleID}/permissions getArticlePermissionsById knowledge.portalmgr.read knowledge.portalmgr.read knowledge.portalmgr.read - knowledge.portalmgr.onbehalfof.read knowledge.portalmgr.onbehalfof.read
GET /knowledge/portalmgr/v4/portals/{portalID}/articles/{articleID}/personalization getArticlePersonalization knowledge.portalmgr.read - - - knowledge.portalmgr.onbehalfof.read -
POST /knowledge/portalmgr/v4/portals/{portalID}/search/federated/event createFederatedSearchResultEvent knowledge.portalmgr.manage knowledge.portalmgr.manage knowledge.portalmgr.manage - knowledge.portalmgr.onbehalfof.manage knowledge.portalmgr.onbehalfof.manage
POST /knowledge/portalmgr/v4/portals/{portalID}/escalate startCustomerEscalation - knowledge.portalmgr.manage knowledge.portalmgr.manage - - -
GET /knowledge/portalmgr/v4/portals/{portalID}/escalate/{escalationId}/search searchPriorToEscalation - knowledge.portalmgr.manage knowledge.portalmgr.manage - - -
PUT /knowledge/portalmgr/v4/portals/{portalID}/escalate/{escalationId}/complete completeCustomerEscalation - knowledge.portalmgr.manage knowledge.portalmgr.manage - - -
PUT /knowledge/portalmgr/v4/portals/{portalID}/escalate/{escalationId}/avert avertCustomerEscalation - knowledge.portalmgr.manage knowledge.portalmgr.manage - - -
GET /knowledge/portalmgr/v4/portals/{portalID}/tagcategoriesforinterest getTagCategoriesForInterestForPortal knowledge.portalmgr.read knowledge.portalmgr.read knowledge.portalmgr.read - knowledge.portalmgr.onbehalfof.read knowledge.portalmgr.onbehalfof.read
POST /knowledge/portalmgr/v4/portals/{portalID}/search/connectors/event createSearchResultEventForConnectors knowledge.portalmgr.manage knowledge.portalmgr.manage knowledge.portalmgr.manage - knowledge.portalmgr.onbehalfof.manage knowledge.portalmgr.onbehalfof.manage
POST /knowledge/portalmgr/v4/portals/{portalID}/view/searchresults/connectors/event createViewedSearchResultsEventForConnectors knowledge.portalmgr.manage knowledge.portalmgr.manage knowledge.portalmgr.manage - knowledge.portalmgr.onbehalfof.manage knowledge.portalmgr.onbehalfof.manage
POST /knowledge/portalmgr/v4/attachment/preupload createSignedURL knowledge.portalmgr.manage knowledge.portalmgr.manage knowledge.portalmgr.manage - knowledge.portalmgr.onbehalfof.manage knowledge.portalmgr.onbehalfof.manage
POST /knowledge/portalmgr/v4/attachment/upload uploadAttachment knowledge.portalmgr.manage knowledge.portalmgr.manage knowledge.portalmgr.manage - - -
POST /knowledge/portalmgr/v4/content/export exportContent - - - .default - -
GET /knowledge/portalmgr/v4/content/export/{jobID}/status exportStatus - - - .default - -
POST /core/aiservices/v4/promptmanager/execute/prompt/{promptId} executePrompt core.aiservices.read core.aiservices.read core.aiservices.read .default - -
POST /core/aiservices/v4/instantanswers/event logIAEvent core.aiservices.read core.aiservices.read core.aiservices.read - - -
POST /core/aiservices/v4/aiagent/chat/agent/{agentId}/greeting None
POST /core/aiservices/v4/{portalID}/retrieve retrieveChunks core.aiservices.read core.aiservices.read core.aiservices.read - - -
POST /core/aiservices/v4/{portalID}/answers getBestAnswer core.aiservices.read,core.aiservices.manage core.aiservices.read,core.aiservices.manage core.aiservices.read,core.aiservices.manage - - -
GET /core/aiservices/v4/aiagent/ops/tenant/{tenantId}/storage/statistics None
GET /core/aiservices/v4/aiagent/ops/tenant/{tenantId}/storage/purgejob None
POST /core/aiservices/v4/aiagent/ops/tenant/{tenantId}/storage/purgejob None
GET /core/aiservices/v4/aiagent/ops/tenant/{tenantId}/storage/purgejob/{jobId} None
PUT /core/aiservices/v4/aiagent/ops/tenant/{tenantId}/storage/purgejob/{jobId} None
DELETE /core/aiservices/v4/aiagent/ops/tenant/{tenantId}/storage/purgejob/{jobId} None
GET /core/aiservices/v4/aiagent/ops/tenant/{tenantId}/storage/purgejob/{jobId}/history None
POST /core/aiservices/v4/aiagent/ops/department/{departmentId}/agent/{agentId}/tools None
GET /core/aiservices/v4/aiagent/ops/department/{departmentId}/agent/{agentId}/tools None
DELETE /core/aiservices/v4/aiagent/ops/department/{departmentId}/agent/{agentId}/tools None
PUT /core/aiservices/v4/aiagent/ops/department/{departmentId}/agent/{agentId}/tools/{toolId} None
GET /core/aiservices/v4/aiagent/ops/department/{departmentId}/agent/{agentId}/tools/{toolId} None
DELETE /core/aiservices/v4/aiagent/ops/department/{departmentId}/agent/{agentId}/tools/{toolId} None
POST /core/aiservices/v4/aiagent/chat/agent/{agentId}/transcript/summary None
GET /core/aiservices/v4/aiagent/ops/department/{departmentId}/agent/{agentId}/kbconfig/job/{jobId}/status get-jobId-status
POST /core/aiservices/v4/aiagent/ops/department/{departmentId}/agent/{agentId}/conversations/sessions/transcript post-departmentId-agent-agentId-conversations-session-transcript-job
GET /core/aiservices/v4/aiagent/ops/department/{departmentId}/agent/{agentId}/conversations/sessions/transcript/{jobId}/status get-departmentId-agent-agentId-conversations-sessions-transcript-jobId-status
POST /core/aiservices/v4/aiagent/ops/department/{departmentId}/agent/{agentId}/kbconfig/sync syncKBconfig
GET /core/aiservices/v4/aiagent/ops/department/{departmentId}/agent/{agentId}/transcripts getTranscripts
POST /core/aiservices/v4/aiagent/ops/department/{departmentId}/agent/{agentId}/transcripts createTranscript
PUT /core/aiservices/v4/aiagent/ops/department/{departmentId}/agent/{agentId}/transcripts updateTranscript
DELETE /core/aiservices/v4/aiagent/ops/department/{departmentId}/agent/{agentId}/transcripts deleteTranscripts
GET /core/aiservices/v4/aiagent/ops/department/{departmentId}/agent/{agentId}/transcripts/job/{jobId}/status getTranscriptJobStatus
GET /core/aiservices/v4/{portalID}/search/{q} None
POST /core/aiservices/v4/aiagent/ops/department/{departmentId}/agent/{agentId}/transcript post-aiagent-agent-agentId-transcript
GET /core/aiservices/v4/aiagent/ops/department/{departmentId}/agent/{agentId}/transcript/{transcriptId} get-aiagent-detail-department-departmentId-agent-agentId-transcript-transcriptId
GET /core/aiservices/v4/aiagent/ops/department/{departmentId}/agent/{agentId}/kbconfig get-kbconfig-department-departmentId-agent-agentId
POST /core/aiservices/v4/aiagent/ops/department/{departmentId}/agent/{agentId}/kbconfig post-kbconfig-department-departmentId-agent-agentId
PUT /core/aiservices/v4/aiagent/ops/department/{departmentId}/agent/{agentId}/kbconfig put-kbconfig-department-departmentId-agent-agentId
DELETE /core/aiservices/v4/aiagent/ops/department/{departmentId}/agent/{agentId}/kbconfig delete-kbconfig-department-departmentId-agent-agentId
POST /core/aiservices/v4/aiagent/chat/agent/{agentId}/intent post-aiagent-agent-agentId-intent
POST /core/aiservices/v4/aiagent/chat/intent-matching/agent/{agentId} post-aiagent-intent-matching-agent-agentId
PUT /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/datasource/directory/{directoryId}/all put-aiagent-ingestion-department-departmentId-agent-agentId-datasource-directory-directoryId-all
POST /core/aiservices/v4/aiagent/ops/department/{departmentId}/agent create-agent
GET /core/aiservices/v4/aiagent/ops/department/{departmentId}/agent get-agents
GET /core/aiservices/v4/aiagent/ops/department/{departmentId}/agent/{agentId} get-agent
DELETE /core/aiservices/v4/aiagent/ops/department/{departmentId}/agent/{agentId} delete-agent
PUT /core/aiservices/v4/aiagent/ops/department/{departmentId}/agent/{agentId} put-aiagent-department-departmentId-agent-agentId
POST /core/aiservices/v4/aiagent/ops/department/{departmentId}/agent/{agentId}/screenshot post-aiagent-ops-department-departmentId-agent-agentId-screenshot
GET /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/datasource/directory get-directories
POST /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/datasource/directory create-directory
DELETE /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/datasource/directory/{directoryId} delete-directory
PUT /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/datasource/directory/{directoryId} put-aiagent-department-departmentId-agent-agentId-datasource-directory-directoryId
GET /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/datasource/directory/{directoryId} get-aiagent-department-departmentId-agent-agentId-datasource-directory-directoryId
GET /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/datasource/directory/{directoryId}/status get-aiagent-department-departmentId-agent-agentId-datasource-directory-directoryId-status
POST /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/intentsummary add-intents
GET /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/intentsummary get-summaryintents
POST /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/intentsummary/regenerate regenerate-summaryintents
DELETE /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/intentsummary/{summaryIntentId} delete-aiagent-department-departmentId-agent-agentId-intentsummary-summaryIntentId
PUT /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/intentsummary/{summaryIntentId} put-aiagent-department-departmentId-agent-agentId-intentsummary-summaryIntentId
GET /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/intentsummary/{summaryIntentId} get-aiagent-department-departmentId-agent-agentId-intentsummary-summaryIntentId
GET /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/directory/{directoryId}/datasource/urls get-urls
PUT /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/directory/{directoryId}/datasource/urls put-aiagent-department-departmentId-agent-agentId-directory-directoryId-datasource-urls
POST /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/directory/{directoryId}/datasource/urls upload-urls
DELETE /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/directory/{directoryId}/datasource/urls delete-aiagent-ingestion-department-departmentId-agent-agentId-directory-directoryId-datasource-urls
POST /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/directory/{directoryId}/datasource/urls/sync sync-urls
POST /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/directory/{directoryId}/datasource/urls/{urlId} sync-specific-url
PUT /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/directory/{directoryId}/datasource/urls/{urlId} put-aiagent-department-departmentId-agent-agentId-directory-directoryId-datasource-urls-urlId
PUT /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/directory/{directoryId}/datasource/files/{fileId} put-aiagent-department-departmentId-agent-agentId-directory-directoryId-datasource-files-fileId
GET /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/directory/{directoryId}/datasource/files/{fileId} get-aiagent-department-departmentId-agent-agentId-directory-directoryId-datasource-files-fileId
GET /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/directory/{directoryId}/datasource/files get-files
PUT /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/directory/{directoryId}/datasource/files put-aiagent-department-departmentId-agent-agentId-directory-directoryId-datasource-files
POST /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/directory/{directoryId}/datasource/files upload-files
DELETE /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/directory/{directoryId}/datasource/files delete-aiagent-ingestion-department-departmentId-agent-agentId-directory-directoryId-datasource-files
GET /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/directory/{directoryId}/files/job/{jobId} get-upload-details-files
DELETE /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/directory/{directoryId}/files/job/{jobId} delete-aiagent-department-departmentId-agent-agentId-directory-directoryId-datasource-files-jobId
GET /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/directory/{directoryId}/urls/job/{jobId} get-upload-details-urls
DELETE /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/directory/{directoryId}/urls/job/{jobId} delete-aiagent-department-departmentId-agent-agentId-directory-directoryId-datasource-urls-jobId
POST /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/train post-aiagent-ingestion-agent-agentId-directory-directoryId-train
GET /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/train/job/{jobId} get-aiagent-ingestion-department-departmentId-agent-agentId-directory-directoryId-train-job-jobId
GET /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/directory/{directoryId}/train/jobs get-aiagent-ingestion-department-departmentId-agent-agentId-directory-directoryId-train-all-jobs
GET /core/aiservices/v4/aiagent/details/department/{departmentId}/agent/{agentId}/conversations/sessions get-conversation-sessions
GET /core/aiservices/v4/aiagent/details/department/{departmentId}/agent/{agentId}/conversations/sessions/{sessionId} get-conversation
GET /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/datasource/egainknowledge get-aiagent-department-departmentId-agent-agentid-datasource-egainknowledge
POST /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/datasource/egainknowledge post-aiagent-department-departmentId-agent-agentid-datasource-egainknowledge
PUT /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/datasource/egainknowledge put-aiagent-department-departmentId-agent-agentId-datasource-egainknowledge
DELETE /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/datasource/egainknowledge/{kbId} delete-aiagent-department-departmentId-agent-agentId-datasource-egainknowledge-kbId
GET /core/aiservices/v4/aiagent/details/agent/{agentId} get-aiagent-agent-agentId
GET /core/aiservices/v4/aiagent/details/department/{departmentId}/agent/{agentId}/branding get-aiagent-agent-agentId-branding
POST /core/aiservices/v4/aiagent/details/department/{departmentId}/agent/{agentId}/branding post-aiagent-agent-agentId-branding
PUT /core/aiservices/v4/aiagent/details/department/{departmentId}/agent/{agentId}/branding put-aiagent-agent-agentId-branding
GET /core/aiservices/v4/aiagent/details/department/{departmentId}/agent/{agentId}/analytics/conversations/overview get-aiagent-agent-agentId-analytics-conversations
GET /core/aiservices/v4/aiagent/details/department/{departmentId}/agent/{agentId}/analytics/conversations/heatmap get-aiagent-agent-agentId-analytics-conversations-heatmap
GET /core/aiservices/v4/aiagent/details/department/{departmentId}/agent/{agentId}/analytics/conversations/daily get-aiagent-agent-agentId-analytics-conversations-daily
GET /core/aiservices/v4/aiagent/details/department/{departmentId}/agent/{agentId}/analytics/conversations/intents get-aiagent-agent-agentId-analytics-conversations-intent
DELETE /core/aiservices/v4/aiagent/ingestion/crawl/urls/department/{departmentId}/agent/{agentId}/directory/{directoryId} delete-aiagent-crawl-urls-agentId-directoryId
DELETE /core/aiservices/v4/aiagent/ingestion/parse/files/department/{departmentId}/agent/{agentId}/directory/{directoryId} delete-aiagent-crawl-files-agentId-directoryId
GET /core/aiservices/v4/aiagent/details/department/{departmentId}/agent/{agentId}/escalation get-aiagent-department-departmentId-agent-agentId-escalation
POST /core/aiservices/v4/aiagent/details/department/{departmentId}/agent/{agentId}/escalation post-aiagent-department-departmentId-agent-agentId-escalation
GET /core/aiservices/v4/aiagent/superadmin/analytics/conversations get-aiagent-admin-analytics-conversations
GET /core/aiservices/v4/aiagent/superadmin/analytics/tenants get-aiagent-admin-analytics-agents
GET /core/aiservices/v4/aiagent/superadmin/analytics/agents get-aiagent-admin-analytics-agents_admin
POST /core/aiservices/v4/aiagent/chat/callback post_register_callback
GET /core/aiservices/v4/aiagent/chat/agent/{agentId}/session get-aiagent-chat-agent-agentId-session
GET /core/aiservices/v4/aiagent/ops/configuration get-aiagent-ops-config
GET /core/aiservices/v4/aiagent/ops/versions get-aiagent-ops-versions
GET /core/aiservices/v4/aiagent/tenantdetails/arch get-aiagent-tenantdetails
GET /core/aiservices/v4/aiagent/chat/agent/{agentId}/{sessionId} get-aiagent-chat-agent-agentId-sessionId
POST /core/aiservices/v4/aiagent/chat/agent/{agentId}/{sessionId} post-aiagent-chat-agent-agentId-sessionId
POST /core/aiservices/v4/aiagent/department/{departmentId}/agent old-create-agent
GET /core/aiservices/v4/aiagent/department/{departmentId}/agent old-get-agents
GET /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId} old-get-agent
DELETE /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId} old-delete-agent
PUT /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId} old-put-aiagent-department-departmentId-agent-agentId
GET /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId}/datasource/directory old-get-directories
POST /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId}/datasource/directory old-create-directory
DELETE /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId}/datasource/directory/{directoryId} old-delete-directory
PUT /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId}/datasource/directory/{directoryId} old-put-aiagent-department-departmentId-agent-agentId-datasource-directory-directoryId
GET /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId}/datasource/directory/{directoryId} old-get-aiagent-department-departmentId-agent-agentId-datasource-directory-directoryId
POST /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId}/intentsummary old-add-intents
GET /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId}/intentsummary old-get-summaryintents
GET /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId}/intent old-get-intents
POST /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId}/intentsummary/regenerate old-regenerate-summaryintents
DELETE /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId}/intentsummary/{summaryIntentId} old-delete-aiagent-department-departmentId-agent-agentId-intentsummary-summaryIntentId
PUT /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId}/intentsummary/{summaryIntentId} old-put-aiagent-department-departmentId-agent-agentId-intentsummary-summaryIntentId
GET /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId}/intentsummary/{summaryIntentId} old-get-aiagent-department-departmentId-agent-agentId-intentsummary-summaryIntentId
DELETE /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId}/intent/{intentId} old-delete-aiagent-department-departmentId-agent-agentId-intent-intentId
GET /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId}/intent/{intentId} old-get-aiagent-department-departmentId-agent-agentId-intent-intentId
GET /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId}/directory/{directoryId}/datasource/urls old-get-urls
POST /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId}/directory/{directoryId}/datasource/urls old-upload-urls
POST /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId}/directory/{directoryId}/datasource/urls/sync old-sync-urls
POST /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId}/directory/{directoryId}/datasource/urls/{urlId} old-sync-specific-url
DELETE /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId}/directory/{directoryId}/datasource/urls/{urlId} old-delete-aiagent-department-departmentId-agent-agentId-directory-directoryId-datasource-urls-urlId
PUT /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId}/directory/{directoryId}/datasource/urls/{urlId} old-put-aiagent-department-departmentId-agent-agentId-directory-directoryId-datasource-urls-urlId
DELETE /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId}/directory/{directoryId}/datasource/files/{fileId} old-delete-aiagent-department-departmentId-agent-agentId-directory-directoryId-datasource-files-fileid
PUT /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId}/directory/{directoryId}/datasource/files/{fileId} old-put-aiagent-department-departmentId-agent-agentId-directory-directoryId-datasource-files-fileId
GET /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId}/directory/{directoryId}/datasource/files/{fileId} old-get-aiagent-department-departmentId-agent-agentId-directory-directoryId-datasource-files-fileId
GET /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId}/directory/{directoryId}/datasource/files old-get-files
PUT /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId}/directory/{directoryId}/datasource/files old-put-aiagent-department-departmentId-agent-agentId-directory-directoryId-datasource-files
POST /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId}/directory/{directoryId}/datasource/files old-upload-files
GET /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId}/directory/{directoryId}/datasource/uploadstatus old-get-upload-status
GET /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId}/directory/{directoryId}/datasource/uploads/{jobId} old-get-upload-details
DELETE /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId}/directory/{directoryId}/datasource/uploads/{jobId} old-delete-aiagent-department-departmentId-agent-agentId-directory-directoryId-datasource-uploads-jobId
GET /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId}/conversations/sessions old-get-conversation-sessions
GET /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId}/conversations/sessions/{sessionId} old-get-conversation
GET /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId}/datasource/egainknowledge old-get-aiagent-department-departmentId-agent-agentid-datasource-egainknowledge
POST /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId}/datasource/egainknowledge old-post-aiagent-department-departmentId-agent-agentid-datasource-egainknowledge
PUT /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId}/datasource/egainknowledge old-put-aiagent-department-departmentId-agent-agentId-datasource-egainknowledge
DELETE /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId}/datasource/egainknowledge/{kbId} old-delete-aiagent-department-departmentId-agent-agentId-datasource-egainknowledge-kbId
POST /core/aiservices/v4/aiagent/chat/agentassist/{tenantId}/{departmentId}/{interactionId} old-post-aiagent-chat-agentassist-tenantId-departmentId-sessionId
POST /core/aiservices/v4/aiagent/tenant old-post-aiagent-tenant
GET /core/aiservices/v4/aiagent/tenant/{tenantId} old-get-aiagent-tenant-tenantId
PUT /core/aiservices/v4/aiagent/tenant/{tenantId} old-put-aiagent-tenant-tenantId
DELETE /core/aiservices/v4/aiagent/tenant/{tenantId} old-delete-aiagent-tenant-tenantId
GET /core/aiservices/v4/aiagent/portal/{portalId}/agent old-get-aiagent-portal-portalId-agent
GET /core/aiservices/v4/aiagent/agent/{agentId} old-get-aiagent-agent-agentId
GET /core/aiservices/v4/aiagent/agent/{agentId}/branding old-get-aiagent-agent-agentId-branding
POST /core/aiservices/v4/aiagent/agent/{agentId}/branding old-post-aiagent-agent-agentId-branding
PUT /core/aiservices/v4/aiagent/agent/{agentId}/branding old-put-aiagent-agent-agentId-branding
POST /core/aiservices/v4/aiagent/agent/{agentId}/analytics/events old-post-aiagent-agent-agentId-analytics
GET /core/aiservices/v4/aiagent/agent/{agentId}/analytics/conversations/overview old-get-aiagent-agent-agentId-analytics-conversations
GET /core/aiservices/v4/aiagent/agent/{agentId}/analytics/conversations/heatmap old-get-aiagent-agent-agentId-analytics-conversations-heatmap
GET /core/aiservices/v4/aiagent/agent/{agentId}/analytics/conversations/daily old-get-aiagent-agent-agentId-analytics-conversations-daily
GET /core/aiservices/v4/aiagent/agent/{agentId}/analytics/conversations/intents old-get-aiagent-agent-agentId-analytics-conversations-intent
POST /core/aiservices/v4/aiagent/crawl/urls/{agentId}/{directoryId} old-post-aiagent-crawl-urls
GET /core/aiservices/v4/aiagent/crawl/urls/{agentId}/{directoryId} old-get-aiagent-crawl-urls-agentId-directoryId
DELETE /core/aiservices/v4/aiagent/crawl/urls/{agentId}/{directoryId} old-delete-aiagent-crawl-urls-agentId-directoryId
POST /core/aiservices/v4/aiagent/crawl/files/{agentId}/{directoryId} old-post-aiagent-crawl-files
GET /core/aiservices/v4/aiagent/crawl/files/{agentId}/{directoryId} old-get-aiagent-crawl-files-agentId-directoryId
DELETE /core/aiservices/v4/aiagent/crawl/files/{agentId}/{directoryId} old-delete-aiagent-crawl-files-agentId-directoryId
GET /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId}/escalation old-get-aiagent-department-departmentId-agent-agentId-escalation
POST /core/aiservices/v4/aiagent/department/{departmentId}/agent/{agentId}/escalation old-post-aiagent-department-departmentId-agent-agentId-escalation
GET /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/directory/{directoryId}/datasource/kb get-aiagent-ingestion-department-departmentId-agent-agentId-directory-directoryId-datasource-kb-kbId
POST /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/directory/{directoryId}/datasource/kb post-aiagent-ingestion-department-departmentId-agent-agentId-directory-directoryId-datasource-kb
DELETE /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/directory/{directoryId}/datasource/kb delete-aiagent-ingestion-department-departmentId-agent-agentId-directory-directoryId-datasource-kb
GET /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/directory/{directoryId}/kb/job/{jobId} get-aiagent-ingestion-department-departmentId-agent-agentId-directory-directoryId-kb-job-jobId
DELETE /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/directory/{directoryId}/kb/job/{jobId} delete-aiagent-ingestion-department-departmentId-agent-agentId-directory-directoryId-kb-job-jobId
GET /core/aiservices/v4/aiagent/ingestion/department/{departmentId}/agent/{agentId}/datasource/directory/{directoryId}/deletion/status get-directory-delete-job-status
GET /knowledge/contentmgr/v4/prompts/prompttemplates getPromptTemplates knowledge.contentmgr.read - - .default - -
GET /knowledge/contentmgr/v4/prompts/prompttemplates/{promptID} getPromptTemplateById knowledge.contentmgr.read - - .default - -
POST /knowledge/contentmgr/v4/import/content createImportJob - - - .default - -
GET /knowledge/contentmgr/v4/import/system/hooks getGlobalValidationHooks knowledge.contentmgr.manage - - - - -
POST /knowledge/contentmgr/v4/import/system/hooks createGlobalValidationHook knowledge.contentmgr.manage - - - - -
GET /knowledge/contentmgr/v4/import/config/hooks getValidationHooks knowledge.contentmgr.manage - - - - -
POST /knowledge/contentmgr/v4/import/config/hooks createValidationHook knowledge.contentmgr.manage - - - - -
GET /knowledge/contentmgr/v4/import/system/hooks/{hookID}/version getGlobalValidationHookVersions knowledge.contentmgr.manage - - - - -
POST /knowledge/contentmgr/v4/import/system/hooks/{hookID}/version createGlobalValidationHookVersion knowledge.contentmgr.manage - - - - -
GET /knowledge/contentmgr/v4/import/config/hooks/{hookID}/version getValidationHookVersions knowledge.contentmgr.manage - - - - -
POST /knowledge/contentmgr/v4/import/config/hooks/{hookID}/version createValidationHookVersion knowledge.contentmgr.manage - - - - -
GET /knowledge/contentmgr/v4/import/system/hooks/{hookID}/version/{versionID} getGlobalValidationHookVersion knowledge.contentmgr.manage - - - - -
GET /knowledge/contentmgr/v4/import/config/hooks/{hookID}/version/{versionID} getValidationHookVersion knowledge.contentmgr.manage - - - - -
GET /knowledge/contentmgr/v4/import/content/{job_id}/status getImportStatus - - - .default - -
POST /knowledge/contentmgr/v4/import/content/validate createImportValidationJob - - - .default - -
POST /knowledge/contentmgr/v4/import/content/{job_id}/cancel cancelImport - - - .default - -
GET /knowledge/contentmgr/v4/import/content/health getHealth - - - .default - -`;
