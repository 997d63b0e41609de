using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace WsusDashboard.Dashboard.Components.Charts;

/// <summary>The script that draws (wwwroot/charts.js), for one element. A page that goes away in the middle of a call is no error: nobody is there to see it.</summary>
internal sealed class ChartModule(IJSRuntime runtime)
{
    private Task<IJSObjectReference>? _module;

    /// <summary>Calls showChart or showStrip.</summary>
    public async Task ShowAsync(string function, params object?[] arguments)
    {
        try
        {
            var module = await (_module ??= runtime.InvokeAsync<IJSObjectReference>("import", "./charts.js").AsTask());
            await module.InvokeVoidAsync(function, arguments);
        }
        catch (Exception exception) when (exception is JSDisconnectedException or OperationCanceledException)
        {
        }
    }

    public async ValueTask DisposeAsync(ElementReference element)
    {
        try
        {
            if (_module is { IsCompletedSuccessfully: true } loading)
            {
                var module = await loading;
                await module.InvokeVoidAsync("dispose", element);
                await module.DisposeAsync();
            }
        }
        catch (Exception exception) when (exception is JSDisconnectedException or OperationCanceledException or JSException)
        {
        }
    }
}
