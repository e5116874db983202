using GoNoGo.Vision.Datasets.Btad;
using GoNoGo.Vision.Datasets.Folder;
using GoNoGo.Vision.Datasets.Kolektor;
using GoNoGo.Vision.Datasets.Mnist;
using GoNoGo.Vision.Datasets.MvtecAd;
using GoNoGo.Vision.Datasets.Visa;

namespace GoNoGo.Vision.Datasets;

/// <summary>All known layouts. The order is that of recognition: the most particular first.</summary>
public static class DatasetCatalog
{
    /// <summary>The layouts, in the order in which they are tried.</summary>
    public static IReadOnlyList<DatasetLayout> Layouts { get; } =
    [
        MnistDataset.Layout,
        MvtecAdDataset.Layout,
        BtadDataset.Layout,
        VisaDataset.Layout,
        KolektorDataset.Layout,
        FolderDataset.Layout,
    ];

    /// <summary>The layout with this id, or null.</summary>
    public static DatasetLayout? Find(string id)
    {
        foreach (DatasetLayout layout in Layouts)
        {
            if (layout.Id == id)
            {
                return layout;
            }
        }

        return null;
    }

    /// <summary>The first layout that a folder looks like, or null.</summary>
    public static DatasetLayout? Recognise(string root)
    {
        foreach (DatasetLayout layout in Layouts)
        {
            if (layout.Recognises(root))
            {
                return layout;
            }
        }

        return null;
    }
}
