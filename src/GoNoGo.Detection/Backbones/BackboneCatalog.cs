using GoNoGo.Detection.Backbones.EfficientFormer;
using GoNoGo.Detection.Backbones.ResNet;
using GoNoGo.Detection.Backbones.Swin;
using GoNoGo.Detection.Backbones.Vit;
using GoNoGo.Detection.Options;

namespace GoNoGo.Detection.Backbones;

/// <summary>One entry of the catalog: a variant of a family.</summary>
/// <param name="Id">The id, as in <c>--backbone</c>.</param>
/// <param name="Family">The family, the folder of its code: <c>vit</c>, <c>swin</c>, <c>efficientformer</c>, <c>resnet</c>.</param>
/// <param name="Summary">One sentence.</param>
/// <param name="Create">Describes the network for some options.</param>
public sealed record BackboneEntry(string Id, string Family, string Summary, Func<BackboneOptions, Backbone> Create);

/// <summary>
/// All backbones. A new one is a row of its family's variant table; a new family is one folder, one line here and one page of
/// docs. Contract tests iterate over the list.
/// </summary>
public static class BackboneCatalog
{
    /// <summary>The backbones, family by family.</summary>
    public static IReadOnlyList<BackboneEntry> Entries { get; } =
    [
        .. VitFamily.Entries,
        .. SwinFamily.Entries,
        .. EfficientFormerFamily.Entries,
        .. ResNetFamily.Entries,
    ];

    /// <summary>Describes the backbone of an id.</summary>
    /// <param name="id">As in <c>--backbone</c>.</param>
    /// <param name="options">Choices; default: none.</param>
    /// <exception cref="BackboneException">There is none of this id, or it does not take this input size; the message lists what there is.</exception>
    public static Backbone Create(string id, BackboneOptions? options = null) => Find(id).Create(options ?? new BackboneOptions());

    /// <summary>The entry of an id.</summary>
    /// <exception cref="BackboneException">There is none; the message lists those that exist.</exception>
    public static BackboneEntry Find(string id) =>
        Entries.FirstOrDefault(entry => entry.Id == id)
        ?? throw new BackboneException(
            $"there is no backbone '{id}'; backbones: {string.Join(", ", Entries.Select(entry => entry.Id))}{Suggestion.Text(id, Entries.Select(entry => entry.Id))}");
}
