using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Wire;

/// <summary>
/// The row of WSUS's configuration, in the order of the WSDL: the schema asks for every field. What the product reads is this server's own;
/// the rest carries WSUS's usual or neutral values.
/// </summary>
internal static class WsusConfigurationRow
{
    public static void Write(Action<string, object> element, ServerProfile profile)
    {
        WriteServer(element, profile);
        WriteTransport(element, profile);
        WriteHealthMonitoring(element, profile);
    }

    private static void WriteServer(Action<string, object> element, ServerProfile profile)
    {
        element("maxDeltaSyncPeriod", 30);
        element("anonymousCookieExpirationTime", 0L);
        element("simpleTargetingCookieExpirationTime", 0L);
        element("maximumServerCookieExpirationTime", 0L);
        element("dssTargetingCookieExpirationTime", 0L);
        element("subscriptionFailureWaitBetweenRetriesTime", 0L);
        element("dispatchManagerPollingInterval", 5000L);
        element("stateMachineTransitionErrorCaptureLength", 0L);
        element("eventLogFloodProtectTime", 0L);
        element("autoPurgeClientEventAgeThreshold", 15);
        element("autoPurgeServerEventAgeThreshold", 90);
        element("bitsHealthScanningInterval", 0L);
        element("autoPurgeDetectionPeriod", 0);
        element("revisionDeletionTimeThreshold", 30);
        element("computerDeletionTimeThreshold", 30);
        element("configurationChangeNumber", 0L);
        element("detectConfigChange", false);
        element("LastConfigChange", "2024-03-05T09:12:44.213");
        element("DssAnonymousTargeting", false);
        element("IsRegistrationRequired", false);
        element("ServerId", profile.Draw.Identifier("server", 0).ToString("D"));
        element("ServerTargeting", false);
        element("SyncToMU", !profile.IsReplica);
        element("UpstreamServerName", profile.UpstreamName ?? "");
        element("RedirectorChangeNumber", 4002L);
        element("MaxCoreUpdatesPerRequest", 0);
        element("MaxExtendedUpdatesPerRequest", 0);
        element("MaxUpdatesPerRequestInGetUpdateDecryptionData", 0);
        element("LoadOdfLocally", false);
        element("DoServerSyncCompression", false);
        element("MaxNumberOfIdsToRequestDataFromUss", 0);
        element("WsusInstallType", 0);
        element("ServerString", "Update Services");
        element("AutoDeployMandatory", false);
        element("UseClientIPHttpHeader", false);
        element("OobeInitialized", true);
        element("MUUrl", "https://sws.update.microsoft.com");
    }

    private static void WriteTransport(Action<string, object> element, ServerProfile profile)
    {
        element("ServerPortNumber", profile.IsReplica ? 8530 : 443);
        element("UpstreamServerUseSsl", false);
        element("UseProxy", profile.ProxyName.Length > 0);
        element("ProxyName", profile.ProxyName);
        element("ProxyServerPort", profile.ProxyName.Length > 0 ? 8080 : 80);
        element("UseSeparateProxyForSsl", false);
        element("SslProxyServerPort", 0);
        element("AnonymousProxyAccess", true);
        element("AllowProxyCredentialsOverNonSsl", false);
        element("ServerSupportsAllLanguages", false);
        element("ServerSupportsAllAvailableLanguages", false);
        element("HostOnMu", false);
        element("LocalContentCacheLocation", @"D:\WSUS\WsusContent");
        element("LazySync", true);
        element("DownloadExpressPackages", false);
        element("AutoRefreshDeployments", false);
        element("AutoRefreshDeploymentsDeclineExpired", false);
        element("StateMachineTransitionLoggingEnabled", false);
        element("MaxSimultaneousFileDownloads", 0);
        element("BitsDownloadPriorityForeground", false);
        element("SubscriptionFailureNumberOfRetries", 0);
        element("StatsDotNetMaximumBatchSize", 0);
        element("QueueFlushTimeInMS", 0);
        element("QueueFlushCount", 0);
        element("QueueRejectCount", 0);
        element("DispatchMaximumSimultaneousHandlerCalls", 0);
        element("SleepTimeAfterErrorInMS", 0);
        element("UseCookieValidation", false);
        element("DoReportingDataValidation", false);
        element("DoReportingSummarization", false);
        element("ClientReportingLevel", 0);
        element("CollectClientInventory", false);
        element("DoDetailedRollup", false);
        element("RollupResetGuid", Guid.Empty.ToString("D"));
        element("MURollupOptin", false);
        element("DssRollupChunkSize", 0);
        element("TrackDynamicCategories", false);
    }

    private static void WriteHealthMonitoring(Action<string, object> element, ServerProfile profile)
    {
        element("DisableSyncPrinterCatalog", false);
        element("DisableSyncDrivers", false);
        element("DisableNonCriticalDrivers", false);
        element("MaxXmlPerRequest", 5242880);
        element("MaxXmlPerRequestInServerSync", 0);
        element("DeploymentChangeDeferral", 0);
        element("MaxTargetComputers", -1);
        element("MaxEventInstances", 1000000);
        element("MaxConcurrentDatabaseCalls", 0);
        element("CategoryScanRequestTrackingReportingInterval", 0);
        element("CategoryScanRequestTrackingMaxEntries", 0);
        element("RevisionDeletionSizeThreshold", 0);
        element("ReplicaMode", profile.IsReplica);
        element("UssSupportsAllLanguages", false);
        element("GetContentFromMU", false);
        element("LocalPublishingMaxCabSize", 0);
        element("HmDetectIntervalInSeconds", 0);
        element("HmRefreshIntervalInSeconds", 0);
        element("HmCoreDiskSpaceGreenMegabytes", 0);
        element("HmCoreDiskSpaceRedMegabytes", 0);
        element("HmCoreCatalogSyncIntervalInDays", 7);
        element("HmClientsInstallUpdatesGreenPercent", 0);
        element("HmClientsInstallUpdatesRedPercent", 0);
        element("HmClientsInventoryGreenPercent", 0);
        element("HmClientsInventoryRedPercent", 0);
        element("HmClientsInventoryScanDiffInHours", 0);
        element("HmClientsSilentGreenPercent", 0);
        element("HmClientsSilentRedPercent", 0);
        element("HmClientsSilentDays", 0);
        element("HmClientsTooManyGreenPercent", 0);
        element("HmClientsTooManyRedPercent", 0);
        element("HmCoreFlags", 31u);
        element("HmClientsFlags", 15u);
        element("HmDatabaseFlags", 1u);
        element("HmWebServicesFlags", 63u);
        element("DetectConfigChange", false);
    }
}
