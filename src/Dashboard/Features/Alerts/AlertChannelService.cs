using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Alerts;
using WsusDashboard.Dashboard.Alerts.Channels;
using WsusDashboard.Dashboard.Alerts.Deciding;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Features.Alerts;

/// <summary>The channels: their secrets come in and never go out again.</summary>
internal sealed class AlertChannelService(IDbContextFactory<DashboardContext> contexts, ChannelVault vault, ChannelSender sender, AlertAddresses addresses, AuditTrail audit, TimeProvider timeProvider)
    : AlertRowService<AlertChannelEntity>(contexts, audit)
{
    /// <summary>What can't be left out.</summary>
    private static readonly AlertEventKind[] Always = [AlertEventKind.Opened, AlertEventKind.Test];

    protected override string Noun => "channel";

    /// <summary>By name. Failures: Forbidden.</summary>
    public async Task<Outcome<IReadOnlyList<AlertChannelView>>> ListAsync(CancellationToken cancellationToken)
    {
        if (Refusal() is { } refusal)
        {
            return refusal;
        }

        await using var context = await Contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.AlertChannels.AsNoTracking().OrderBy(row => row.Name).Take(AlertLimits.MaximumRows).ToListAsync(cancellationToken);
        return rows.ConvertAll(View);
    }

    /// <summary>Failures: Forbidden, Invalid, Conflict (the name is taken; too many).</summary>
    public async Task<Outcome<AlertChannelView>> AddAsync(AlertChannelInput input, CancellationToken cancellationToken)
    {
        if (Refusal() is { } refusal)
        {
            return refusal;
        }

        if (input.Kind is not { } kind)
        {
            return Invalid.Of("kind", "\"kind\" is missing. Allowed: mail, teams, webhook, alertmanager, serviceNow, jiraServiceManagement, pagerDuty, slack, ntfy, apprise.");
        }

        await using var context = await Contexts.CreateDbContextAsync(cancellationToken);
        if (await context.AlertChannels.CountAsync(cancellationToken) >= AlertLimits.MaximumRows)
        {
            return new Conflict($"There are {AlertLimits.MaximumRows} channels already. Remove one first.");
        }

        var row = new AlertChannelEntity { Kind = kind, Name = "", IsEnabled = true };
        if (Apply(row, input) is { } invalid)
        {
            return invalid;
        }

        context.AlertChannels.Add(row);
        return await SaveAsync(context, "add", row.Name, "", Describe(row), cancellationToken) is { } failure ? failure : View(row);
    }

    /// <summary>Failures: Forbidden, NotFound, Invalid, Conflict.</summary>
    public async Task<Outcome<AlertChannelView>> ChangeAsync(int id, AlertChannelInput input, string? revision, CancellationToken cancellationToken)
    {
        if (Refusal() is { } refusal)
        {
            return refusal;
        }

        await using var context = await Contexts.CreateDbContextAsync(cancellationToken);
        if (await context.AlertChannels.FirstOrDefaultAsync(known => known.Id == id, cancellationToken) is not { } row)
        {
            return Missing(id);
        }

        if (Check(row, revision) is { } conflict)
        {
            return conflict;
        }

        if (input.Kind is { } kind && kind != row.Kind)
        {
            return Invalid.Of("kind", $"This channel is {AlertSentences.Kind(row.Kind)}, and its kind can't be changed. Add another channel.");
        }

        var before = Describe(row);
        return Apply(row, input) is { } invalid ? invalid
            : await SaveAsync(context, "change", row.Name, before, Describe(row), cancellationToken) is { } failure ? failure
            : View(row);
    }

    /// <summary>Sends a test now. Failures: Forbidden, NotFound.</summary>
    public async Task<Outcome<AlertTestResult>> TestAsync(int id, CancellationToken cancellationToken)
    {
        if (Refusal() is { } refusal)
        {
            return refusal;
        }

        await using var context = await Contexts.CreateDbContextAsync(cancellationToken);
        if (await context.AlertChannels.AsNoTracking().FirstOrDefaultAsync(known => known.Id == id, cancellationToken) is not { } row)
        {
            return Missing(id);
        }

        var now = timeProvider.GetUtcNow();
        var result = await sender.SendAsync(
            vault.Open(row),
            [
                new()
                {
                    // Another one each time: receivers leave out what they have had.
                    Key = Guid.NewGuid().ToString("N"),
                    Event = AlertEventKind.Test,
                    Reason = AlertReason.Test,
                    Severity = Severity.Information,
                    CauseId = "test",
                    Title = "this channel works",
                    Subject = row.Name,
                    Since = now,
                    At = now,
                    Explanation = $"{Audit.Caller.Name} sent this test. Nothing is wrong.",
                    Link = addresses.Of(Links.Alerts),
                },
            ],
            cancellationToken);
        await Audit.WriteAsync(new AuditNote { What = "alert.channel.test", Detail = row.Name, Outcome = result.State == SendState.Sent ? "done" : result.Text });
        return new AlertTestResult(result.State == SendState.Sent, result.Text);
    }

    protected override string NameOf(AlertChannelEntity row) => row.Name;

    protected override long RevisionOf(AlertChannelEntity row) => row.Revision;

    protected override string Describe(AlertChannelEntity row)
    {
        var channel = vault.Open(row);
        return $"{AlertSentences.Kind(row.Kind)} to {(row.Kind == AlertChannelKind.Mail ? string.Join(", ", channel.Settings.To) + " by " + channel.Settings.Host : HostOf(channel.Secrets.Address))}{(row.IsEnabled ? "" : ", off")}{(channel.Settings.AllowsInnerAddresses ? ", inner addresses allowed" : "")}";
    }

    /// <summary>Null where all of it can be used; else the row must not be stored.</summary>
    private Invalid? Apply(AlertChannelEntity row, AlertChannelInput input)
    {
        var mistakes = new InputMistakes();
        var before = vault.Open(row);
        row.Name = (input.Name ?? row.Name).Trim();
        row.IsEnabled = input.IsEnabled ?? row.IsEnabled;
        var settings = before.Settings with
        {
            Host = input.Host?.Trim() ?? before.Settings.Host,
            Port = input.Port ?? before.Settings.Port,
            Security = input.Security ?? before.Settings.Security,
            From = input.From?.Trim() ?? before.Settings.From,
            To = input.To is { } to ? [.. to.Select(address => address?.Trim() ?? "")] : before.Settings.To,
            UserName = input.UserName?.Trim() ?? before.Settings.UserName,
            AllowsInnerAddresses = input.AllowsInnerAddresses ?? before.Settings.AllowsInnerAddresses,
            Leaves = input.Leaves is { } leaves ? [.. leaves.Distinct()] : before.Settings.Leaves,
        };

        // A secret goes only where it was entered for: whoever sends it elsewhere has to know it.
        var address = input.Address?.Trim() ?? before.Secrets.Address;
        var isElsewhere = address != before.Secrets.Address || settings.Host != before.Settings.Host || settings.Port != before.Settings.Port || settings.Security != before.Settings.Security;
        var key = input.Key?.Trim() ?? (isElsewhere ? "" : before.Secrets.Key);
        if (row.Kind == AlertChannelKind.Webhook && key.Length == 0 && before.Secrets.Key.Length == 0)
        {
            mistakes.Refuse("key", $"The key is missing. Allowed: one such as {WebhookChannel.MakeKey()}, which was made for you just now.");
        }

        mistakes.CheckName(row.Name);
        mistakes.CheckTexts("to", settings.To, AlertLimits.MaximumHostLength);
        if (settings.Leaves.FirstOrDefault(Always.Contains) is var always && settings.Leaves.Any(Always.Contains))
        {
            mistakes.Refuse("leaves", $"\"{AlertText.Word(always)}\" can't be left out. Allowed: changed, acknowledged, resolved.");
        }

        var channel = new AlertChannel(row.Id, row.Name, row.Kind, settings, new() { Address = address, Key = key });
        mistakes.Errors.AddRange(sender.Check(channel).Where(error => mistakes.Errors.TrueForAll(known => known.Field != error.Field)));
        (row.Settings, row.SealedSecret, row.Revision) = (AlertRows.ToJson(settings), vault.Seal(channel.Secrets), NextRevision());
        return mistakes.Errors.Count > 0 ? Invalid.Of(mistakes.Errors) : null;
    }

    private AlertChannelView View(AlertChannelEntity row)
    {
        var channel = vault.Open(row);
        return new()
        {
            Id = row.Id,
            Kind = row.Kind,
            Name = row.Name,
            IsEnabled = row.IsEnabled,
            Host = channel.Settings.Host,
            Port = channel.Settings.Port,
            Security = channel.Settings.Security,
            From = channel.Settings.From,
            To = [.. channel.Settings.To],
            UserName = channel.Settings.UserName,
            AddressHost = HostOf(channel.Secrets.Address),
            HasKey = channel.Secrets.Key.Length > 0,
            AllowsInnerAddresses = channel.Settings.AllowsInnerAddresses,
            Leaves = [.. channel.Settings.Leaves],
            FailingSince = row.FailingSince.ToOffset(),
            LastError = row.LastError,
            Revision = Text(row.Revision),
        };
    }

    private static string HostOf(string address) => Uri.TryCreate(address, UriKind.Absolute, out var known) ? known.GetLeftPart(UriPartial.Authority) : "";
}
