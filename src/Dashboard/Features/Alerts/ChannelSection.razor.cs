using Microsoft.AspNetCore.Components;
using WsusDashboard.Dashboard.Alerts.Channels;
using WsusDashboard.Dashboard.Data.Entities;

namespace WsusDashboard.Dashboard.Features.Alerts;

/// <summary>The channels: what they are, how they are, and a form for a new one. Secrets are typed and never shown.</summary>
public sealed partial class ChannelSection
{
    private AlertChannelKind _kind;
    private string? _name = "";
    private string? _host = "";
    private int _port = 587;
    private MailSecurity _security;
    private string? _from = "";
    private string? _to = "";
    private string? _userName = "";
    private string? _address = "";
    private string? _key = "";
    private bool _isInner;
    private (AlertChannelView Channel, AlertTestResult Result)? _test;

    [Parameter, EditorRequired]
    public IReadOnlyList<AlertChannelView> Channels { get; set; } = [];

    [Inject]
    private AlertChannelService Service { get; set; } = null!;

    private string KeyLabel => _kind switch
    {
        AlertChannelKind.Mail or AlertChannelKind.ServiceNow => "Password",
        AlertChannelKind.Webhook => "Signing secret (whsec_…)",
        AlertChannelKind.PagerDuty => "Integration key",
        AlertChannelKind.JiraServiceManagement => "API key",
        _ => "Token (optional)",
    };

    private static string Word(MailSecurity security) => security switch
    {
        MailSecurity.StartTls => "STARTTLS (ports 25 and 587)",
        MailSecurity.Tls => "TLS (port 465)",
        MailSecurity.None => "None (relay inside our network)",
        _ => throw new ArgumentOutOfRangeException(nameof(security), security, null),
    };

    private async Task AddAsync()
    {
        var input = new AlertChannelInput
        {
            Kind = _kind,
            Name = _name ?? "",
            Host = _host ?? "",
            Port = _port,
            Security = _security,
            From = _from ?? "",
            To = Entries(_to),
            UserName = _userName ?? "",
            Address = _address ?? "",
            Key = _key ?? "",
            AllowsInnerAddresses = _isInner,
        };
        if (await ChangeAsync(() => Service.AddAsync(input, CancellationToken.None), $"Added {input.Name}. Send a test now."))
        {
            (_name, _address, _key) = ("", "", "");
        }
    }

    private async Task TestAsync(AlertChannelView channel)
    {
        _test = null;
        if (await Service.TestAsync(channel.Id, CancellationToken.None) is { Value: { } result })
        {
            _test = (channel, result);
        }
    }

    private Task<bool> SetEnabledAsync(AlertChannelView channel) =>
        ChangeAsync(() => Service.ChangeAsync(channel.Id, new() { IsEnabled = !channel.IsEnabled }, channel.Revision, CancellationToken.None), channel.IsEnabled ? $"{channel.Name} is off." : $"{channel.Name} is on.");

    private Task RemoveAsync(AlertChannelView channel) => AskAndChangeAsync(
        new() { Title = $"Remove the channel {channel.Name}?", Consequence = "Messages that still wait for it are lost. Routes that use it tell only their other channels.", Verb = $"Remove {channel.Name}", IsDangerous = true },
        () => Service.RemoveAsync(channel.Id, channel.Revision, CancellationToken.None));
}
