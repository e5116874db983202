using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Options;

namespace GoNoGo.Detection.Models;

/// <summary>The backbone of a model: which network, made how, with which weights.</summary>
/// <param name="Id">Its id in the <see cref="BackboneCatalog"/>.</param>
/// <param name="Options">Every option of its family in its written form.</param>
/// <param name="Levels">The levels that the detector looks at, in their order.</param>
/// <param name="Sha256">SHA-256 of the file that the weights came from, lower-case hexadecimal digits.</param>
/// <param name="IsBundled">Whether the weights that the levels need are in the model.</param>
public sealed record StoredBackbone(string Id, SortedDictionary<string, string> Options, IReadOnlyList<string> Levels, string Sha256, bool IsBundled)
{
    /// <summary>Describes the network again.</summary>
    /// <exception cref="OptionException">An option or value that this version does not know.</exception>
    /// <exception cref="BackboneException">A backbone that this version does not know, or options that do not fit it.</exception>
    public Backbone Make()
    {
        BackboneOptions options = BackboneOptionTable.Read(BackboneOptionTable.Of(BackboneCatalog.Find(Id).Family).FromStored(Options));
        options.RequireRanges();
        return BackboneCatalog.Create(Id, options);
    }
}
