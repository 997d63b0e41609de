using WsusDashboard.Dashboard.Alerts.Channels;
using WsusDashboard.Dashboard.Jobs;

namespace WsusDashboard.Dashboard.Alerts;

/// <summary>What decides and sends.</summary>
internal static class AlertRegistration
{
    public static IServiceCollection AddAlerting(this IServiceCollection services)
    {
        services.AddSingleton<AlertReader>();
        services.AddSingleton<AlertStore>();
        services.AddSingleton<AlertAddresses>();
        services.AddSingleton<AlertExplanations>();
        services.AddSingleton<AlertLinks>();
        services.AddSingleton<ChannelVault>();
        services.AddSingleton<ChannelSender>();
        services.AddSingleton<AlertHttp>();
        services.AddSingleton<Heartbeat>();
        services.AddSingleton<AlertmanagerChannel>();
        services.AddSingleton<IAlertChannel, MailChannel>();
        services.AddSingleton<IAlertChannel, TeamsChannel>();
        services.AddSingleton<IAlertChannel, WebhookChannel>();
        services.AddSingleton<IAlertChannel>(provider => provider.GetRequiredService<AlertmanagerChannel>());
        services.AddSingleton<IAlertChannel, ServiceNowChannel>();
        services.AddSingleton<IAlertChannel, JiraServiceManagementChannel>();
        services.AddSingleton<IAlertChannel, PagerDutyChannel>();
        services.AddSingleton<IAlertChannel, SlackChannel>();
        services.AddSingleton<IAlertChannel, NtfyChannel>();
        services.AddSingleton<IAlertChannel, AppriseChannel>();
        services.AddJob<AlertDeliveryJob>();
        services.AddSingleton<AlertEngine>();
        return services.AddHostedService(provider => provider.GetRequiredService<AlertEngine>());
    }
}
