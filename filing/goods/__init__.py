"""Filing of goods (商品备案): what an enterprise sells, filed once, named by its item number ever after."""
