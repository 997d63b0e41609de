using Microsoft.AspNetCore.Components;
using MudBlazor;
using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Features.Alerts;

/// <summary>What the parts of the page have in common: one change at a time, a message after it, and the page reads again.</summary>
public abstract class AlertSection : ComponentBase
{
    /// <summary>Something was changed.</summary>
    [Parameter]
    public EventCallback OnChanged { get; set; }

    [Inject]
    private Confirmation Confirmation { get; set; } = null!;

    [Inject]
    private ISnackbar Messages { get; set; } = null!;

    /// <summary>What was wrong with the last input; null where nothing was.</summary>
    private protected Failure? Failure { get; set; }

    /// <summary>True while the form for a new one is open.</summary>
    protected bool IsAdding { get; set; }

    protected bool IsBusy { get; private set; }

    private protected async Task<bool> ChangeAsync<T>(Func<Task<Outcome<T>>> change, string done)
    {
        if (IsBusy)
        {
            return false;
        }

        IsBusy = true;
        try
        {
            var outcome = await change();
            Failure = outcome.Failure;
            Messages.Show(outcome.Failure?.Message ?? done, !outcome.IsSuccess);
            if (outcome.IsSuccess)
            {
                IsAdding = false;
                await OnChanged.InvokeAsync();
            }

            return outcome.IsSuccess;
        }
        finally
        {
            IsBusy = false;
        }
    }

    private protected async Task AskAndChangeAsync<T>(ConfirmRequest question, Func<Task<Outcome<T>>> change)
    {
        if (await Confirmation.AskAsync(question) is not null)
        {
            await ChangeAsync(change, $"{question.Verb}: done.");
        }
    }

    /// <summary>The entries of a list that is typed with commas.</summary>
    protected static IReadOnlyList<string> Entries(string? text) => (text ?? "").Split([',', ';', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    protected void Toggle() => (IsAdding, Failure) = (!IsAdding, null);
}
