using Microsoft.AspNetCore.Identity;
using WsusDashboard.Dashboard.Data.Security;

namespace WsusDashboard.Dashboard.Security.SignIn;

/// <summary>Beside its length: a password is not the name, and not one of those that everybody tries first.</summary>
internal sealed class PasswordRules : IPasswordValidator<Person>
{
    public const int MinimumLength = 12;
    public const int MaximumLength = 200;

    private static readonly string[] TriedFirst = ["password", "passwort", "administrator", "wsusdashboard", "123456789", "qwertyuiop", "letmein", "welcome", "changeme"];

    public Task<IdentityResult> ValidateAsync(UserManager<Person> manager, Person user, string? password)
    {
        var text = password ?? "";
        var bare = new string([.. text.Where(char.IsLetter)]);
        var problem = text.Length > MaximumLength ? $"The password is longer than {MaximumLength} characters."
            : user.UserName is { Length: > 2 } name && text.Contains(name, StringComparison.OrdinalIgnoreCase) ? "The password contains the name."
            : TriedFirst.Any(word => bare.Equals(word, StringComparison.OrdinalIgnoreCase) || text.StartsWith(word, StringComparison.OrdinalIgnoreCase)) ? "The password is one of the first that attackers try. Use several unrelated words."
            : null;
        return Task.FromResult(problem is null ? IdentityResult.Success : IdentityResult.Failed(new IdentityError { Code = "Password", Description = problem }));
    }
}
