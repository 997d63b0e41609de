using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Security.Data;
using WsusDashboard.Dashboard.Security.SignIn;
using WsusDashboard.Dashboard.Security.Web;

namespace WsusDashboard.Dashboard.Features.Account;

/// <summary>What a browser needs to make and to use a passkey. Called by the pages' own script alone; the state in between lies in a protected cookie.</summary>
internal static class PasskeyEndpoints
{
    private const int MaximumCredentialLength = 16_000;
    private const int MaximumPasskeys = 20;

    public static void MapPasskeys(this IEndpointRouteBuilder api)
    {
        var open = api.MapGroup("/sign-in/passkey").RequireRateLimiting(RateLimits.SignIn).ExcludeFromDescription();
        open.MapPost("/options", AskForSignInAsync).AllowAnonymous();
        open.MapPost("/", SignInAsync).AllowAnonymous();
        var own = api.MapGroup("/account").RequireRateLimiting(RateLimits.SignIn).ExcludeFromDescription();
        own.MapPost("/passkeys/options", AskForNewAsync).Needs(Permission.OwnAccount);
        own.MapPost("/passkeys", AddAsync).Needs(Permission.OwnAccount);
        own.MapPost("/confirmation/options", AskForConfirmationAsync).Needs(Permission.OwnAccount);
        own.MapPost("/confirmation", ConfirmAsync).Needs(Permission.OwnAccount);
    }

    // For any passkey of this site: nobody is told whether a name exists.
    private static async Task<ContentHttpResult> AskForSignInAsync(SignInManager<Person> signIn) =>
        TypedResults.Content(await signIn.MakePasskeyRequestOptionsAsync(null), "application/json", Encoding.UTF8);

    private static async Task<Results<NoContent, ProblemHttpResult>> SignInAsync(HttpRequest request, SignInManager<Person> signIn, SignInRecords records, CancellationToken cancellationToken)
    {
        var read = await ReadAsync(request, cancellationToken);
        if (!read.IsSuccess)
        {
            return read.Failure.ToProblem();
        }

        var result = await AttemptAsync(() => signIn.PasskeySignInAsync(read.Value.Credential));
        if (result?.Succeeded == true)
        {
            return TypedResults.NoContent();
        }

        await records.RefuseAsync("(passkey)", "the passkey is unknown here, or its account cannot sign in now", request.HttpContext);
        return new Forbidden("This passkey is unknown here, or its account cannot sign in now.").ToProblem();
    }

    private static async Task<Results<ContentHttpResult, ProblemHttpResult>> AskForNewAsync(Caller caller, UserManager<Person> people, SignInManager<Person> signIn)
    {
        if (await people.FindByIdAsync(caller.Identity.PersonId) is not { } person)
        {
            return new NotFound("This account is not there any more.").ToProblem();
        }

        return TypedResults.Content(await signIn.MakePasskeyCreationOptionsAsync(new() { Id = person.Id, Name = person.UserName ?? person.Id, DisplayName = person.DisplayName }), "application/json", Encoding.UTF8);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> AddAsync(HttpRequest request, Caller caller, UserManager<Person> people, SignInManager<Person> signIn, AuditTrail audit, CancellationToken cancellationToken)
    {
        var read = await ReadAsync(request, cancellationToken);
        if (!read.IsSuccess)
        {
            return read.Failure.ToProblem();
        }

        if (await people.FindByIdAsync(caller.Identity.PersonId) is not { } person)
        {
            return new NotFound("This account is not there any more.").ToProblem();
        }

        if ((await people.GetPasskeysAsync(person)).Count >= MaximumPasskeys)
        {
            return new Conflict($"You have {MaximumPasskeys} passkeys; remove one first.").ToProblem();
        }

        var attested = await AttemptAsync(() => signIn.PerformPasskeyAttestationAsync(read.Value.Credential));
        if (attested is not { Succeeded: true, Passkey: { } passkey } || attested.UserEntity.Id != person.Id)
        {
            return Invalid.Of("credential", "The passkey could not be checked. Begin again.").ToProblem();
        }

        passkey.Name = read.Value.Name;
        await people.AddOrUpdatePasskeyAsync(person, passkey);
        await audit.WriteAsync(new() { What = "account.passkey", Detail = caller.Name, After = $"added {passkey.Name}", Outcome = "done" });
        return TypedResults.NoContent();
    }

    private static async Task<Results<ContentHttpResult, ProblemHttpResult>> AskForConfirmationAsync(Caller caller, UserManager<Person> people, SignInManager<Person> signIn) =>
        await people.FindByIdAsync(caller.Identity.PersonId) is { } person
            ? TypedResults.Content(await signIn.MakePasskeyRequestOptionsAsync(person), "application/json", Encoding.UTF8)
            : new NotFound("This account is not there any more.").ToProblem();

    private static async Task<Results<NoContent, ProblemHttpResult>> ConfirmAsync(HttpRequest request, Caller caller, SignInManager<Person> signIn, Confirmations confirmations, CancellationToken cancellationToken)
    {
        var read = await ReadAsync(request, cancellationToken);
        if (!read.IsSuccess)
        {
            return read.Failure.ToProblem();
        }

        var asserted = await AttemptAsync(() => signIn.PerformPasskeyAssertionAsync(read.Value.Credential));
        if (asserted is not { Succeeded: true, User: { } person } || person.Id != caller.Identity.PersonId)
        {
            return new Forbidden("This is not a passkey of your account.").ToProblem();
        }

        confirmations.Note(caller.Identity.CredentialId);
        return TypedResults.NoContent();
    }

    private static async Task<Outcome<(string Credential, string Name)>> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var read = await StrictBody.ReadAsync(request, isOptional: false, cancellationToken);
        if (!read.IsSuccess)
        {
            return read.Failure;
        }

        var credential = read.Value.Text("credential", MaximumCredentialLength, isRequired: true);
        var name = read.Value.Text("name", AccountService.MaximumTokenNameLength);
        return read.Value.Check() is { } invalid ? invalid : (credential!, string.IsNullOrWhiteSpace(name) ? "Passkey" : name.Trim());
    }

    /// <summary>Null where there is no state of a question before, or the credential is no JSON of one: bad input, not a mistake of the dashboard.</summary>
    private static async Task<T?> AttemptAsync<T>(Func<Task<T>> attempt)
        where T : class
    {
        try
        {
            return await attempt();
        }
        catch (Exception exception) when (exception is InvalidOperationException or PasskeyException or System.Text.Json.JsonException or FormatException)
        {
            return null;
        }
    }
}
