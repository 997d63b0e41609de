using MudBlazor;

namespace WsusDashboard.Dashboard.Components.Parts;

/// <summary>Short answers to what a person did, wherever on the page: a success goes by itself, a failure stays until it is dismissed.</summary>
public static class Messages
{
    public static void Show(this ISnackbar messages, string text, bool isFailure) => messages.Add(
        text,
        isFailure ? Severity.Error : Severity.Success,
        options =>
        {
            options.RequireInteraction = isFailure;
            options.VisibleStateDuration = 5000;
            options.ShowTransitionDuration = 100;
            options.HideTransitionDuration = 200;
        });
}
