using System.Globalization;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Installation;

/// <summary>Says what is done, on the console unless it is to be quiet, and in a file. No secret ever comes here.</summary>
internal sealed class InstallationLog(TextWriter? output, TextWriter errors, TextWriter? file, TimeProvider timeProvider) : IAsyncDisposable
{
    /// <summary>Goes on with the file, or begins one that is its owner's alone.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static InstallationLog Open(TextWriter? output, TextWriter errors, string path, TimeProvider timeProvider) =>
        new(output, errors, new StreamWriter(new FileStream(path, PrivateFile.Options(FileMode.Append))), timeProvider);

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
