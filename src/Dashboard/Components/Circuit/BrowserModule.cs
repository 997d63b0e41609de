using Microsoft.JSInterop;

namespace WsusDashboard.Dashboard.Components.Circuit;

/// <summary>
/// The little script that the pages need (wwwroot/app.js). A circuit that goes away in the middle of a call is no error: nobody is there to see it.
/// </summary>
public sealed class BrowserModule(IJSRuntime runtime) : IAsyncDisposable
{
    private Task<IJSObjectReference>? _module;

    public async ValueTask InvokeAsync(string function, params object?[] arguments)
    {
        try
        {
            var module = await LoadAsync();
            await module.InvokeVoidAsync(function, arguments);
        }
        catch (JSDisconnectedException)
        {
        }
        catch (OperationCanceledException)
        {
        }
    }

    public async ValueTask<T?> InvokeAsync<T>(string function, params object?[] arguments)
    {
        try
        {
            var module = await LoadAsync();
            return await module.InvokeAsync<T>(function, arguments);
        }
        catch (JSDisconnectedException)
        {
            return default;
        }
        catch (OperationCanceledException)
        {
            return default;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_module is { IsCompletedSuccessfully: true } module)
        {
            try
            {
                await (await module).DisposeAsync();
            }
            catch (JSDisconnectedException)
            {
            }
            catch (OperationCanceledException)
            {
            }
        }
    }

    private Task<IJSObjectReference> LoadAsync() => _module is { IsFaulted: false, IsCanceled: false } module
        ? module
        : _module = runtime.InvokeAsync<IJSObjectReference>("import", "./app.js").AsTask();
}
