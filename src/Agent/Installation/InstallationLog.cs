using System.Globalization;

namespace WsusDashboard.Agent.Installation;

/// <summary>Says what is done, on the console unless it is to be quiet, and in a file. No secret ever comes here.</summary>
internal sealed class InstallationLog(TextWriter? output, TextWriter errors, TextWriter? file, TimeProvider timeProvider) : IAsyncDisposable
{
    public Task SayAsync(string line) => WriteAsync(output, line);

    public Task FailAsync(string line) => WriteAsync(errors, line);

    public async ValueTask DisposeAsync()
    {
        if (file is not null)
        {
            await file.DisposeAsync();
        }
    }

    private async Task WriteAsync(TextWriter? console, string line)
    {
        if (console is not null)
        {
            await console.WriteLineAsync(line);
        }

        if (file is not null)
        {
            await file.WriteLineAsync(timeProvider.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z' ", CultureInfo.InvariantCulture) + line);
            await file.FlushAsync();
        }
    }
}
