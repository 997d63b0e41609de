using Microsoft.AspNetCore.Components;
using WsusDashboard.Dashboard.Agents;
using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Features.Servers.Sections;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Baselines;

namespace WsusDashboard.Dashboard.Features.Servers;

/// <summary>Adds a server, or edits and removes one.</summary>
public sealed partial class ServerForm : IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private string _address = "";
    private string _name = "";
    private string _site = "";
    private string _pairingCode = "";
    private string _baseline = BaselineCatalog.GuideId;
    private ConnectionTest? _test;
    private Failure? _failure;
    private bool _isTesting;
    private bool _isSaving;

    [Inject]
    private ServerService Servers { get; set; } = null!;

    [Inject]
    private PairingService Pairing { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private Confirmation Confirmation { get; set; } = null!;

    /// <summary>The server to edit; null to add one.</summary>
    [Parameter]
    public ServerFacts? Facts { get; set; }

    private ServerInput Input => new() { Address = _address.Trim(), Name = _name.Trim(), Site = _site.Trim(), Baseline = _baseline };

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    protected override void OnInitialized()
    {
        if (Facts is { } facts)
        {
            (_address, _name, _site, _baseline) = (facts.Address, facts.Name, facts.Site, facts.Baseline);
        }
    }

    private static string BaselineName(string? id) => id is null ? "" : BaselineCatalog.Find(id)?.Name ?? id;

    private static string StepName(ConnectionStepKind kind) => kind switch
    {
        ConnectionStepKind.Name => "Name",
        ConnectionStepKind.Connect => "Connection",
        ConnectionStepKind.Protocol => "Protocol",
        _ => "Version",
    };

    private bool IsInvalid(string field) => ErrorOf(field) is not null;

    private string? ErrorOf(string field) => (_failure as Invalid)?.Errors.FirstOrDefault(error => string.Equals(error.Field, field, StringComparison.OrdinalIgnoreCase))?.Message;

    private async Task TestAsync()
    {
        _isTesting = true;
        _test = null;
        _failure = null;
        try
        {
            var outcome = await Servers.TestConnectionAsync(_address.Trim(), _gone.Token);
            _test = outcome.Value;
            _failure = outcome.Failure;
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            // The form was left.
        }
        finally
        {
            _isTesting = false;
        }
    }

    private async Task SaveAsync()
    {
        if (_isSaving || _address.Trim().Length == 0)
        {
            return;
        }

        _isSaving = true;
        if (Facts is null && _name.Trim().Length == 0 && _test is null)
        {
            // Who answers there is the best name for it; a server that does not answer can be added all the same.
            await TestAsync();
        }

        if (_name.Trim().Length == 0 && _test is { IsOk: true, Agent: { } agent })
        {
            _name = agent.ComputerName;
        }

        var outcome = Facts is { } facts
            ? await Servers.EditAsync(facts.Id, Input, CancellationToken.None)
            : string.IsNullOrWhiteSpace(_pairingCode)
                ? await Servers.AddAsync(Input, CancellationToken.None)
                : await Pairing.AddAsync(Input, _pairingCode, CancellationToken.None);
        _isSaving = false;
        _failure = outcome.Failure;
        if (outcome.IsSuccess)
        {
            Navigation.NavigateTo(Links.Server(outcome.Value.Id));
        }
    }

    private async Task RemoveAsync()
    {
        if (Facts is not { } facts)
        {
            return;
        }

        var answer = await Confirmation.AskAsync(new ConfirmRequest
        {
            Title = $"Remove {facts.Name}?",
            Consequence = $"WsusDashboard stops watching {facts.Name} and deletes its history here: syncs, repairs and changes. Nothing changes on the server itself; its agent keeps its own journal.",
            Verb = $"Remove {facts.Name}",
            IsDangerous = true,
        });
        if (answer is null)
        {
            return;
        }

        _isSaving = true;
        var outcome = await Servers.RemoveAsync(facts.Id, CancellationToken.None);
        _isSaving = false;
        _failure = outcome.Failure;
        if (outcome.IsSuccess)
        {
            Navigation.NavigateTo(Links.Fleet);
        }
    }
}
